import {
  Cpu,
  defineCustomer,
  gitlabFile,
  helmApp,
  image,
  nightly,
  onResults,
  riskApp,
  Size,
  sparkRiskWorkflow,
  WEEKENDS,
} from "../constructs/index.ts";
import ca from "./alpenkredit.pem";

/** The pricing application, which Argo CD keeps running in the customer's cluster. */
const pricing = helmApp({
  repository: "https://git.nightlane.example/apps/pricing.git",
  revision: "v1.4.0",
  chart: "charts/pricing-engine",
  values: { image: image("risk"), home: "/opt/risk" },
});

/** A small mortgage bank: fewer scenarios, and its report handed back to where its own systems pick it up. */
export default defineCustomer({
  name: "alpenkredit",
  displayName: "Alpenkredit Genossenschaft",
  cluster: {
    server: "https://k8s.alpenkredit.example:6443",
    address: "10.64.2.10",
    ca,
    capacity: { cpu: Cpu.units(8), memory: Size.gibibytes(32) },
  },
  credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG"), appsKubeconfig: gitlabFile("APPS_KUBECONFIG") },
  apps: { "pricing-engine": pricing },
  lane: { runners: 6, resultsSize: Size.gibibytes(10) },
  workflow: sparkRiskWorkflow({
    schedule: nightly("21:15", {
      timezone: "Europe/Zurich",
      calendar: WEEKENDS,
      extraHolidays: { "2026-12-25": "Christmas Day", "2027-01-01": "New Year's Day" },
    }),
    finishBy: "05:30",
    steps: (night) => {
      const spark = {
        memory: Size.gibibytes(1),
        cpu: Cpu.millis(250),
        driverMemory: Size.gibibytes(1),
        driverCpu: Cpu.millis(250),
      };
      const market = night.exec("market", {
        app: pricing,
        command: [
          `${pricing.values.home}/jobs/snapshot.py`,
          "--out",
          night.path("market"),
          "--date",
          night.businessDate,
        ],
      });
      const scenarios = night.spark("scenarios", {
        ...spark,
        app: riskApp("scenarios.py"),
        args: ["--scenarios", "2000"],
        after: market,
      });
      const revaluation = night.spark("revaluation", { ...spark, app: riskApp("revaluation.py"), from: scenarios });
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
      const handIn = night.copyIn("hand-in", { from: report, to: onResults("handed-in") });
      night.gate("quarter-end-review", {
        after: handIn,
        when: "quarter-end",
        message: "Quarter-end: review the figures.",
      });
    },
  }),
});
