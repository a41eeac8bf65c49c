import {
  Cpu,
  type CustomerDefinition,
  defineCustomer,
  deployedApp,
  gitlabFile,
  nightly,
  onResults,
  riskApp,
  Size,
  sparkRiskWorkflow,
} from "../../constructs/index.ts";
import nordbank from "../../customers/nordbank.ts";

/** In what the customers of a benchmark differ. */
export interface Bank {
  readonly name: string;
  readonly host: string;
  readonly address: string;
  /** Local start, `HH:MM`. */
  readonly start: string;
  readonly timezone: string;
}

const TIMEZONES = ["Europe/Berlin", "Europe/Zurich", "Europe/Vienna", "Europe/Paris"];

/** The bank of a number. */
export function bank(number: number): Bank {
  return {
    name: `bank-${String(number).padStart(4, "0")}`,
    host: `k8s.bank-${number}.example`,
    address: `10.${128 + (number >> 8)}.${number & 255}.10`,
    start: `${20 + (number % 4)}:${String(number % 60).padStart(2, "0")}`,
    timezone: TIMEZONES[number % TIMEZONES.length] ?? "UTC",
  };
}

const pricing = deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } });

/** A customer like those in customers/: a night of seven steps of all kinds, four of them Spark. */
export function defineBank({ name, host, address, start, timezone }: Bank): CustomerDefinition {
  return defineCustomer({
    name,
    cluster: {
      server: `https://${host}:6443`,
      address,
      ca: nordbank.cluster.ca,
      // They share an authority, as clusters of one company do; a namespace of its own tells each from the others.
      namespace: name,
      capacity: { cpu: Cpu.units(16), memory: Size.gibibytes(64) },
    },
    credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
    workflow: sparkRiskWorkflow({
      schedule: nightly(start, { timezone, extraHolidays: ["2026-12-24"] }),
      steps: (night) => {
        const market = night.exec("market", {
          app: pricing,
          command: ["/opt/risk/jobs/snapshot.py", "--out", night.path("market"), "--date", night.businessDate],
        });
        const scenarios = night.spark("scenarios", { app: riskApp("scenarios.py"), after: market });
        const revaluation = night.spark("revaluation", { app: riskApp("revaluation.py"), after: scenarios });
        const varEs = night.spark("var-es", { app: riskApp("var_es.py"), after: revaluation, result: "var.json" });
        const report = night.spark("report", { app: riskApp("report.py"), executors: 1, after: varEs });
        night.gate("sign-off", { after: report, when: "month-end" });
        night.copyOut("archive", { from: onResults("report"), after: report });
      },
    }),
  });
}
