import {
  Cpu,
  claim,
  configMapKey,
  Duration,
  defineCustomer,
  gitlabFile,
  image,
  nightly,
  pem,
  Size,
  secretKey,
  sparkApp,
  sparkRiskWorkflow,
  ZURICH,
} from "../../constructs/index.ts";

/** Desks and their portfolios: each is valued by a JVM program, and measured by one in Python. */
const desks = { rates: 8, credit: 8, equity: 6, fx: 4, commodities: 3 } as const;

const valuation = sparkApp({ image: image("risk"), mainClass: "example.Pi", jar: "/opt/risk/jars/pi.jar" });
const measures = sparkApp({ image: image("risk"), main: "/opt/risk/jobs/var_es.py" });

/** A bank with programs of its own: a night of 60 steps, made by a loop over portfolios, eight of them side by side. */
export default defineCustomer({
  name: "bergbank",
  displayName: "Bergbank AG",
  cluster: {
    server: "https://k8s.bergbank.example:6443",
    address: "10.64.41.10",
    ca: pem`
      -----BEGIN CERTIFICATE-----
      MIIB2jCCAX+gAwIBAgIUU6koYPdqKpuXkWJxLiUxB73mFAowCgYIKoZIzj0EAwIw
      OjEUMBIGA1UECgwLYWxwZW5rcmVkaXQxIjAgBgNVBAMMGWFscGVua3JlZGl0IGt1
      YmVybmV0ZXMgQ0EwHhcNMjYxMTI0MTc0MjEzWhcNNDYxMTE5MTc0MjEzWjA6MRQw
      EgYDVQQKDAthbHBlbmtyZWRpdDEiMCAGA1UEAwwZYWxwZW5rcmVkaXQga3ViZXJu
      ZXRlcyBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLAUHvAkJL1v2GBr6Ef2
      OUhokkPXtzmktzVVzjkwY2fIgsGVy076zwoPmQMYMZf/dnHwUjcoJaDR2C8AHfi6
      M5GjYzBhMB0GA1UdDgQWBBTwBvalUEDQ1w1xyFZIL14YxNZe4TAfBgNVHSMEGDAW
      gBTwBvalUEDQ1w1xyFZIL14YxNZe4TAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB
      /wQEAwIBBjAKBggqhkjOPQQDAgNJADBGAiEA0Zq9TIYf4hbbKSh/4QCe1UjoJGax
      4p7KPHKqdsXTCpcCIQCZBi/E+DBau6BelAqV7OSv6L2MVuDoZBZmJbtcfXa0Ig==
      -----END CERTIFICATE-----
    `,
    capacity: { cpu: Cpu.units(64), memory: Size.gibibytes(256) },
  },
  credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
  workflow: sparkRiskWorkflow({
    schedule: nightly("22:00", { timezone: "Europe/Zurich", calendar: ZURICH }),
    stepsAtOnce: 8,
    defaults: {
      spark: {
        conf: { "spark.sql.ansi.enabled": "true" },
        jvmOptions: ["-XX:+UseG1GC"],
        env: { MARKET_HOST: configMapKey("market", "host"), MARKET_PASSWORD: secretKey("market", "password") },
        volumes: { "/market": claim("market-data") },
        tolerations: [{ key: "dedicated", value: "risk", effect: "NoSchedule" }],
        labels: { "cost-centre": "risk-4711" },
        retries: { times: 1, exitCodes: [137] },
      },
      job: { labels: { "cost-centre": "risk-4711" } },
    },
    steps: (night) => {
      const market = night.job("market", {
        image: image("risk"),
        command: ["/opt/risk/jobs/snapshot.py"],
        args: ["--out", night.path("market"), "--date", night.businessDate],
      });
      const measured = Object.entries(desks).flatMap(([desk, portfolios]) =>
        Array.from({ length: portfolios }, (_, portfolio) => {
          const name = `${desk}-${portfolio + 1}`;
          const valued = night.spark(`value-${name}`, {
            app: valuation,
            args: ["2", "--portfolio", name],
            results: false,
            dynamicAllocation: { min: 1, max: 4 },
            timeout: Duration.hours(3),
            after: market,
          });
          return night.spark(`measure-${name}`, {
            app: measures,
            args: ["--revaluation", `value-${name}`],
            executors: 1,
            after: valued,
          });
        }),
      );
      night.gate("sign-off", { after: measured, message: "All portfolios: confirm before they are filed." });
    },
  }),
});
