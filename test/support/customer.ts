import {
  Cpu,
  type CustomerDefinition,
  type CustomerProps,
  defineCustomer,
  gitlabFile,
  nightly,
  type RiskWorkflowProps,
  riskApp,
  Size,
  sparkRiskWorkflow,
} from "../../constructs/index.ts";
import type { Night } from "../../constructs/night/night.ts";
import type { SparkOptions } from "../../constructs/night/step.ts";
import { certificate } from "./certificates.ts";

/** What a test changes in a valid customer; the rest stays. */
export interface CustomerChanges extends Partial<Omit<CustomerProps, "cluster" | "workflow">> {
  readonly cluster?: Partial<CustomerProps["cluster"]>;
  readonly workflow?: Partial<RiskWorkflowProps>;
}

/** A valid customer, apart from what the test changes. */
export function testCustomer({ cluster, workflow, ...changes }: CustomerChanges = {}): CustomerDefinition {
  return defineCustomer({
    name: "testbank",
    cluster: {
      server: "https://k8s.testbank.example:6443",
      address: "192.0.2.10",
      ca: certificate("valid"),
      capacity: { cpu: Cpu.units(8), memory: Size.gibibytes(32) },
      ...cluster,
    },
    credentials: { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") },
    workflow: sparkRiskWorkflow({
      schedule: nightly("22:00", { timezone: "Europe/Berlin" }),
      steps: (night) => void night.spark("var-es", smallSpark()),
      ...workflow,
    }),
    ...changes,
  });
}

/** A customer whose night has these steps. */
export function customerWithSteps(steps: (night: Night) => void, changes: CustomerChanges = {}): CustomerDefinition {
  return testCustomer({ ...changes, workflow: { ...changes.workflow, steps } });
}

/** Options of a Spark step that fits anywhere: one executor and a driver, each half a core and 1 GiB. */
export function smallSpark(changes: Partial<SparkOptions> = {}): SparkOptions {
  return {
    app: riskApp("var_es.py"),
    executors: 1,
    memory: Size.gibibytes(1),
    cpu: Cpu.millis(500),
    driverMemory: Size.gibibytes(1),
    driverCpu: Cpu.millis(500),
    ...changes,
  };
}
