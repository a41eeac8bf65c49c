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

/** Desks and their portfolios: each is calibrated by a JVM program, and gets its own scenarios from one in Python. */
const desks = { rates: 8, credit: 8, equity: 6, fx: 4, commodities: 3 } as const;

const calibration = sparkApp({ image: image("risk"), mainClass: "example.Pi", jar: "/opt/risk/jars/pi.jar" });
const scenarios = sparkApp({ image: image("risk"), main: "/opt/risk/jobs/scenarios.py" });

/** A bank with its own programs: a night of 60 steps, made by a loop over portfolios, three of them side by side. */
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
    stepsAtOnce: 3,
    defaults: {
      spark: {
        cpu: Cpu.millis(250),
        memory: Size.gibibytes(1),
        driverCpu: Cpu.millis(250),
        driverMemory: Size.gibibytes(1),
        conf: { "spark.sql.ansi.enabled": "true" },
        jvmOptions: ["-XX:+UseSerialGC"],
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
        results: true,
      });
      const portfolios = Object.entries(desks).flatMap(([desk, count]) =>
        Array.from({ length: count }, (_, portfolio) => `${desk}-${portfolio + 1}`),
      );
      const made = portfolios.map((name, seed) => {
        const calibrated = night.spark(`calibrate-${name}`, {
          app: calibration,
          args: ["2", "MARKET_HOST"],
          results: false,
          dynamicAllocation: { min: 1, max: 2 },
          timeout: Duration.hours(3),
          after: market,
        });
        return night.spark(`scenarios-${name}`, {
          app: scenarios,
          args: ["--scenarios", "500", "--seed", String(seed)],
          executors: 1,
          after: calibrated,
        });
      });
      night.gate("sign-off", { after: made, message: "All portfolios: confirm before they are filed." });
    },
  }),
});
