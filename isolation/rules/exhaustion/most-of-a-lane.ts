import { nightsOf } from "../../../constructs/definition/night-definition.ts";
import { quantity } from "../../../constructs/kubernetes/quantity.ts";
import { mebibytes } from "../../../constructs/night/amounts.ts";
import type { CustomerLane } from "../../model/estate.ts";

/** Pods at most if no definition sets the number of runners; a file may ask for 1,000 of them. */
const MOST_PODS = 1003;

/** Beside the runners: the calendar's, the reaper's, and one that reads a kept log. */
const OTHER_PODS = 3;

/** What one pod, a runner with Argo's two containers, may take of each. */
const OF_A_POD: Readonly<Record<string, string>> = {
  "requests.cpu": "40m",
  "limits.cpu": "2",
  "requests.memory": "128Mi",
  "limits.memory": "768Mi",
  "requests.ephemeral-storage": "128Mi",
  "limits.ephemeral-storage": "3Gi",
};

/** Results that Argo keeps until a workflow has ended: of each pod with its retries, and of each step in eight runs at once. */
const TASK_RESULTS_OF_A_POD = 40;
const TASK_RESULTS_OF_A_STEP = 8;

/** Steps at most if no definition names them: nine nights of the largest size. */
const MOST_STEPS = 9 * 400;

/** Results of any lane: storage is shared, and a typo must not ask for all of it. */
const MOST_RESULTS = "64Ti";

/** How much a lane's quota may let it have, by the quota's names: what its definition, or any definition, needs. */
export function mostOfLane({ definition, lane }: CustomerLane): Readonly<Record<string, number>> {
  const pods = definition === undefined ? MOST_PODS : definition.lane.runners + OTHER_PODS;
  const steps =
    definition === undefined
      ? MOST_STEPS
      : nightsOf(definition).reduce((sum, { workflow }) => sum + workflow.steps.length, 0);
  const schedules = lane.filter(({ kind, metadata: { name } }) => kind === "CronWorkflow" && name !== "reaper").length;
  const workflows = 100 + Math.max(0, schedules - 1) * 15;
  return {
    ...Object.fromEntries(Object.entries(OF_A_POD).map(([name, each]) => [name, pods * amount(each)])),
    pods,
    "count/workflowtaskresults.argoproj.io": pods * TASK_RESULTS_OF_A_POD + steps * TASK_RESULTS_OF_A_STEP,
    persistentvolumeclaims: 1,
    "count/workflows.argoproj.io": workflows,
    "count/configmaps": workflows + 20,
    "count/secrets": 5,
    "count/nightacts.nightlane.example": 500,
    "count/services": 0,
  };
}

/** How large the claim of a lane's results may be: as its file sets it, in whole GiB. */
export function mostResults({ definition }: CustomerLane): number {
  const declared = definition === undefined ? undefined : Math.ceil(mebibytes(definition.lane.resultsSize) / 1024);
  return declared === undefined ? amount(MOST_RESULTS) : Math.min(amount(`${declared}Gi`), amount(MOST_RESULTS));
}

function amount(text: string): number {
  return quantity(text) ?? 0;
}
