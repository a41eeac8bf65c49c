import {
  Cpu,
  defineCustomer,
  gitlabFile,
  nightly,
  onResults,
  pem,
  riskApp,
  Size,
  sparkRiskWorkflow,
  WEEKENDS,
} from "../../../constructs/index.ts";

/** A customer for the chaos suite: the shortest night with a real Spark Job and a copy of its results. */
export default defineCustomer({
  name: "chaosbank",
  displayName: "Chaosbank",
  cluster: {
    server: "https://k8s.chaosbank.example:6443",
    address: "10.64.9.10",
    ca: pem`
      -----BEGIN CERTIFICATE-----
      MIIB0DCCAXegAwIBAgIUL8gsbsZyrkPa/BZXgAz/E7L30bkwCgYIKoZIzj0EAwIw
      NjESMBAGA1UECgwJY2hhb3NiYW5rMSAwHgYDVQQDDBdjaGFvc2Jhbmsga3ViZXJu
      ZXRlcyBDQTAeFw0yNjExMjYwMjE1MDVaFw00NjExMjEwMjE1MDVaMDYxEjAQBgNV
      BAoMCWNoYW9zYmFuazEgMB4GA1UEAwwXY2hhb3NiYW5rIGt1YmVybmV0ZXMgQ0Ew
      WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARijiTW7qIlQK1LhL/gEhgDEhf1CHgD
      ejg2splmjKFiy5i+I74aWDKY/QjCau26jUPDBhi3nIGCzw8iR/mycz6Wo2MwYTAd
      BgNVHQ4EFgQUGnUBEavMAqRJhQVftcQzwJrdv7owHwYDVR0jBBgwFoAUGnUBEavM
      AqRJhQVftcQzwJrdv7owDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYw
      CgYIKoZIzj0EAwIDRwAwRAIgLeYcv4sH/DRf3q8hFpsTvXCDp9e+Z7wXhFWB8YE9
      zu8CIDXmuX/7sRJVsg52770j61D69Z7q8wYw6muuQvxz5ZJW
      -----END CERTIFICATE-----
    `,
    capacity: { cpu: Cpu.units(16), memory: Size.gibibytes(64) },
  },
  credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
  lane: { runners: 20 },
  workflow: sparkRiskWorkflow({
    // Clocks change here on business days: the last Thursday of October has the hour before midnight twice. A start in
    // that hour is refused; the suite starts the night in it all the same, as an older schedule would.
    schedule: nightly("22:30", { timezone: "Africa/Cairo", calendar: WEEKENDS }),
    finishBy: "06:00",
    steps: (night) => {
      const revaluation = night.spark("revaluation", {
        // The suite puts this program on the results volume: no image of its own is needed.
        app: { ...riskApp("revaluation.py"), main: "/results/application/revaluation.py" },
        executors: 1,
        memory: Size.gibibytes(1),
        cpu: Cpu.millis(100),
        driverMemory: Size.gibibytes(1),
        driverCpu: Cpu.millis(100),
        result: "figures.json",
      });
      night.copyOut("archive", { from: onResults("revaluation"), to: "archive", after: revaluation });
    },
  }),
});
