import {
  Cpu,
  defineCustomer,
  gitlabFile,
  image,
  nightly,
  pem,
  Size,
  sparkRiskWorkflow,
  TARGET,
} from "../../constructs/index.ts";

/**
 * A savings bank without Spark: four plain Jobs, one of them in parts, whose programs know nothing about Nightlane, and
 * a filing at the end of each month.
 */
export default defineCustomer({
  name: "hafenkasse",
  displayName: "Hafenkasse",
  cluster: {
    server: "https://k8s.hafenkasse.example:6443",
    address: "10.64.42.10",
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
    capacity: { cpu: Cpu.units(4), memory: Size.gibibytes(8) },
  },
  credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
  workflow: sparkRiskWorkflow({
    schedule: nightly("23:00", { timezone: "Europe/Berlin", calendar: TARGET }),
    defaults: { job: { cpu: Cpu.millis(50), memory: Size.mebibytes(128) } },
    steps: (night) => {
      const market = night.job("market", {
        image: image("risk"),
        command: ["/opt/risk/jobs/snapshot.py"],
        args: ["--out", night.path("market"), "--date", night.businessDate],
      });
      const parts = night.job("limits", {
        image: image("risk"),
        command: ["bash", "-euc", 'echo "part $JOB_COMPLETION_INDEX of $BUSINESS_DATE" > "$RESULTS_DIR/limits.txt"'],
        parallelism: 3,
        results: "out/",
        after: market,
      });
      const together = night.job("together", {
        image: image("risk"),
        command: [
          "bash",
          "-euc",
          'cd "$RESULTS_DIR"; cat "$1"/*/limits.txt > limits.txt; echo "{\\"limits\\": $(wc -l < limits.txt)}" > count.json',
          "together",
        ],
        args: [night.results(parts)],
        from: parts,
        results: "out/",
        result: "limits.txt",
        figures: { limits: { place: "count.json#limits", maxJump: "50%" } },
      });
      night.job("notice", {
        image: image("risk"),
        command: ["bash", "-euc", 'echo "$1 limits for $BUSINESS_DATE"', "notice"],
        args: [night.number(together, "count.json#limits")],
      });
    },
  }),
  furtherNights: {
    "month-end": sparkRiskWorkflow({
      schedule: nightly("23:30", { timezone: "Europe/Berlin", calendar: TARGET, on: "last-of-month" }),
      finishBy: "08:00",
      defaults: { job: { cpu: Cpu.millis(50), memory: Size.mebibytes(128) } },
      steps: (night) => {
        night.job("filing", {
          image: image("risk"),
          command: ["bash", "-euc", 'echo "filed for $BUSINESS_DATE" > "$RESULTS_DIR/filing.txt"'],
          results: "out/",
        });
      },
    }),
  },
});
