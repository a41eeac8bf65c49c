import { type NightState, nightState } from "../runs/night-state.ts";
import { hasEnded } from "../runs/phases.ts";
import type { StepStatus } from "../runs/step-status.ts";
import type { Workflow } from "../runs/workflow.ts";
import type { Central, WorkflowHead } from "./central.ts";
import { ExitCode, OpsError } from "./exit-code.ts";
import { type Lane, unknownName } from "./lanes.ts";

/** Which of a lane's nights is meant. */
export interface NightChoice {
  /**
   * Name of its workflow.
   * @default - the one that runs; to look at, the newest
   */
  readonly night?: string;
}

/** A night with what was read of it. */
export interface ReadNight {
  readonly lane: Lane;
  readonly workflow: Workflow;
  readonly state: NightState;
}

/** Name of the ConfigMap that tells a night which steps to hold. */
export function controlName(workflow: string): string {
  return `night-control-${workflow}`;
}

/**
 * The night that a verb acts on: the only one that runs, or the one named.
 * @throws OpsError notPossible where none or several run
 */
export async function runningNight(central: Central, lane: Lane, choice: NightChoice): Promise<ReadNight> {
  const heads = await central.heads(lane.namespace);
  if (choice.night !== undefined) {
    return runningOnly(await named(central, lane, heads, choice.night));
  }
  const running = heads.filter((head) => !head.completed);
  const [only, ...others] = running;
  if (only === undefined) {
    const last = heads[0];
    throw new OpsError(
      ExitCode.notPossible,
      `no night of ${lane.customer} is running${last === undefined ? "" : `; the last was ${last.name}`}`,
      `nightlane show ${lane.customer}, or start one with nightlane run or nightlane replay`,
    );
  }
  if (others.length > 0) {
    throw new OpsError(
      ExitCode.notPossible,
      `${running.length} nights of ${lane.customer} are running: ${running.map((head) => head.name).join(", ")}`,
      `say which: --night ${only.name}`,
    );
  }
  // The list may be a moment old: what counts is the workflow itself.
  return runningOnly(await readNight(central, lane, only.name));
}

/** The night to look at: the one named, else the newest that runs, else the newest. */
export async function nightToShow(central: Central, lane: Lane, choice: NightChoice): Promise<ReadNight> {
  const heads = await central.heads(lane.namespace);
  if (choice.night !== undefined) {
    return named(central, lane, heads, choice.night);
  }
  const head = heads.find((one) => !one.completed) ?? heads[0];
  if (head === undefined) {
    throw new OpsError(
      ExitCode.notFound,
      `${lane.customer} has had no night yet, or none within the last two weeks`,
      `nightlane history ${lane.customer}`,
    );
  }
  return readNight(central, lane, head.name);
}

/** Reads a night anew. */
export async function readNight(central: Central, lane: Lane, name: string): Promise<ReadNight> {
  const [workflow, control] = await Promise.all([
    central.workflow(lane.namespace, name),
    central.configMap(lane.namespace, controlName(name)),
  ]);
  return { lane, workflow, state: nightState(workflow, Date.now(), control) };
}

/** A step of a night. @throws OpsError notFound, with the steps that may have been meant */
export function stepOf(night: ReadNight, name: string): StepStatus {
  const { steps } = night.state;
  const step = steps.find((one) => one.name === name);
  if (step !== undefined) {
    return step;
  }
  if (steps.length === 0) {
    throw new OpsError(
      ExitCode.notPossible,
      `Argo has not begun ${night.state.workflow} yet, so its steps are not known`,
      "repeat in a few seconds; if it stays so, look whether the Argo controller runs",
    );
  }
  const all = steps.map((one) => one.name);
  throw unknownName(`step of ${night.lane.customer}`, name, all);
}

async function named(central: Central, lane: Lane, heads: readonly WorkflowHead[], name: string): Promise<ReadNight> {
  const names = heads.map((head) => head.name);
  if (!names.includes(name)) {
    throw unknownName(`night of ${lane.customer}`, name, names);
  }
  return readNight(central, lane, name);
}

function runningOnly(night: ReadNight): ReadNight {
  if (hasEnded(night.state)) {
    throw new OpsError(
      ExitCode.notPossible,
      `${night.state.workflow} of ${night.lane.customer} has ended (${night.state.phase}); its steps cannot be changed any more`,
      `nightlane replay ${night.lane.customer} --date ${night.state.businessDate ?? "YYYY-MM-DD"} --from <step>`,
    );
  }
  return night;
}
