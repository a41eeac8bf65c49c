import {
  Cpu,
  defineCustomer,
  deployedApp,
  gitlabFile,
  nightly,
  pem,
  riskApp,
  Size,
  sparkRiskWorkflow,
  TARGET,
} from "../constructs/index.ts";

/** The pricing application, which the bank deploys in its cluster itself. */
const pricing = deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } });

/** A universal bank: one book, Monte Carlo and historical VaR every business night, signed off at month-end. */
export default defineCustomer({
  name: "nordbank",
  displayName: "Nordbank AG",
  cluster: {
    server: "https://k8s.nordbank.example:6443",
    address: "10.64.1.10",
    ca: pem`
      -----BEGIN CERTIFICATE-----
      MIIBzTCCAXOgAwIBAgIUMwpc12wAuBghgPukYoCjsrAxEXowCgYIKoZIzj0EAwIw
      NDERMA8GA1UECgwIbm9yZGJhbmsxHzAdBgNVBAMMFm5vcmRiYW5rIGt1YmVybmV0
      ZXMgQ0EwHhcNMjYxMTI0MTc0MjEyWhcNNDYxMTE5MTc0MjEyWjA0MREwDwYDVQQK
      DAhub3JkYmFuazEfMB0GA1UEAwwWbm9yZGJhbmsga3ViZXJuZXRlcyBDQTBZMBMG
      ByqGSM49AgEGCCqGSM49AwEHA0IABL+c2ufv2rxsFXHj6kSezsETaTFILZSE3/wi
      BBLULSo1D/t2WCW/1fDIN7XPQ/mnUDu8B2ZZRAqhnD/pXJCJomajYzBhMB0GA1Ud
      DgQWBBRbEMgrhDx3Uy+VUceC8AQP5MQInjAfBgNVHSMEGDAWgBRbEMgrhDx3Uy+V
      UceC8AQP5MQInjAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAKBggq
      hkjOPQQDAgNIADBFAiBRQRBqxT2aIqqIcNwn7wTa4Xl3X+7IZ2v9g4Y7tfBEWQIh
      AJ7DnZ7aGP8B6Izlih9naT7IfYFoGxglQghvskx3+BXz
      -----END CERTIFICATE-----
    `,
    capacity: { cpu: Cpu.units(16), memory: Size.gibibytes(64) },
  },
  credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
  workflow: sparkRiskWorkflow({
    schedule: nightly("22:30", {
      timezone: "Europe/Berlin",
      calendar: TARGET,
      extraHolidays: { "2026-12-24": "Christmas Eve", "2026-12-31": "New Year's Eve" },
    }),
    inputsBy: "23:30",
    finishBy: "06:00",
    steps: (night) => {
      const spark = {
        memory: Size.gibibytes(1),
        cpu: Cpu.millis(250),
        driverMemory: Size.gibibytes(1),
        driverCpu: Cpu.millis(250),
      };
      const market = night.exec("market", {
        app: pricing,
        command: ["/opt/risk/jobs/snapshot.py", "--out", night.path("market"), "--date", night.businessDate],
      });
      const scenarios = night.spark("scenarios", {
        ...spark,
        app: riskApp("scenarios.py"),
        executors: 2,
        after: market,
      });
      const revaluation = night.spark("revaluation", {
        ...spark,
        app: riskApp("revaluation.py"),
        executors: 2,
        from: scenarios,
      });
      const varEs = night.spark("var-es", {
        ...spark,
        app: riskApp("var_es.py"),
        from: revaluation,
        result: "var.json",
      });
      const report = night.spark("report", {
        ...spark,
        app: riskApp("report.py"),
        executors: 1,
        from: varEs,
        result: "report.html",
      });
      night.gate("sign-off", {
        after: report,
        when: "month-end",
        message: "Month-end figures: confirm before they are filed.",
      });
      night.copyOut("archive", { from: revaluation, to: "archive" });
    },
  }),
});
