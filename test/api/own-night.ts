import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Night } from "../../constructs/index.ts";
import { sparkRiskWorkflow } from "../../constructs/index.ts";
import { isKeptForReplays } from "../../constructs/lane/content-name.ts";
import { runnersAtOnce } from "../../constructs/night/runners-at-once.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { startNight } from "../farm/nights/start-night.ts";
import type { OpsCluster } from "./ops-support.ts";

/** A business date of the example customers, and a night of it that has steps of a test's own. */
export const DATE = "2026-03-31";

/**
 * Deploys and starts a night of these steps in a customer's lane, as its own file would have it.
 * @returns the workflow's name
 */
export async function startOwnNight(
  { guarded }: OpsCluster,
  customer: string,
  runNumber: number,
  steps: (night: Night) => void,
): Promise<string> {
  const definition = await loadCustomer(customer);
  const workflow = sparkRiskWorkflow({ schedule: definition.workflow.schedule, steps });
  // The lane itself stays as it is deployed.
  const lane = { ...definition.lane, runners: runnersAtOnce(workflow.steps) };
  const made = synthesize({ ...definition, lane, workflow }, `customers/${customer}.ts`);
  const own = made.lane.filter(isKeptForReplays);
  await guarded.apply(own);
  const template = own.find(({ kind }) => kind === "WorkflowTemplate")?.metadata.name ?? "";
  return startNight(guarded.central.kubeconfig, laneNamespace(customer), { businessDate: DATE, runNumber, template });
}
