import { GET_CA } from "../constructs/evaluation/refused-import.ts";

/** The values that a new customer's file is made from. All have passed the checks. */
export interface TemplateValues {
  readonly name: string;
  readonly server: string;
  readonly address: string;
  /** Which of server, address and ca are examples that somebody must replace. */
  readonly examples: readonly string[];
}

/** The text of customers/<name>.ts, which reads its certificate authority from customers/<name>.pem. */
export function customerTemplate({ name, server, address, examples }: TemplateValues): string {
  const todo = (property: string): string => (examples.includes(property) ? "REPLACE, this is an example. " : "");
  return `import {
  Cpu,
  defineCustomer,
  deployedApp,
  gitlabFile,
  nightly,
  riskApp,
  Size,
  sparkRiskWorkflow,
  TARGET,
} from "../constructs/index.ts";
import ca from "./${name}.pem";

/** The application that the exec steps enter, found by its pods' labels in the customer's namespace. */
const pricing = deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } });

export default defineCustomer({
  // Names the lane, the Pulumi stack and this file; it cannot be changed later without moving all three.
  name: ${JSON.stringify(name)},
  // The name for people.
  displayName: ${JSON.stringify(displayName(name))},
  cluster: {
    // ${todo("server")}URL of the customer's API server, by a name in its certificate.
    server: ${JSON.stringify(server)},
    // ${todo("address")}Its IPv4 or IPv6 address, or a list of up to eight: the only ones outside that the lane may
    // reach. Where the customer's own proxy leads there: proxy: { address: "10.64.3.9", port: 3128 }, and no
    // address.
    address: ${JSON.stringify(address)},
    // ${todo("ca")}Its certificate authority, ${name}.pem beside this file. From the customer's kubeconfig:
    // ${GET_CA} customers/${name}.pem
    ca,
    // Capacity of the customer's nodes for Nightlane's namespace; steps that run side by side must fit into it.
    capacity: { cpu: Cpu.units(8), memory: Size.gibibytes(32) },
  },
  // Where the deployment finds the credentials, never the credentials: File variables of the GitLab environment
  // customers/${name}. This is the default.
  credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
  workflow: sparkRiskWorkflow({
    // Local time. On days that the calendar closes there is no night; further ones go into extraHolidays.
    schedule: nightly("22:00", { timezone: "Europe/Berlin", calendar: TARGET }),
    // A later night is reported to people on call, not ended.
    finishBy: "06:00",
    // Options of all Spark steps unless a step sets its own: sizes of each executor and of the driver.
    defaults: {
      spark: {
        executors: 2,
        cpu: Cpu.units(1),
        memory: Size.gibibytes(2),
        driverCpu: Cpu.units(1),
        driverMemory: Size.gibibytes(2),
      },
    },
    // The DAG. \`after\` names the steps that a step waits for; \`npm run dag -- ${name}\` shows it.
    steps: (night) => {
      const market = night.exec("market", {
        app: pricing,
        command: ["/opt/risk/jobs/snapshot.py", "--out", night.path("market"), "--date", night.businessDate],
      });
      const scenarios = night.spark("scenarios", { app: riskApp("scenarios.py"), after: market });
      const revaluation = night.spark("revaluation", { app: riskApp("revaluation.py"), executors: 3, from: scenarios });
      const varEs = night.spark("var-es", { app: riskApp("var_es.py"), from: revaluation, result: "var.json" });
      // Waits for a person, on the last business day of each month only.
      night.gate("sign-off", { after: varEs, when: "month-end" });
    },
  }),
});
`;
}

/** `first-lake-bank` as `First Lake Bank`. */
function displayName(name: string): string {
  return name
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join(" ");
}
