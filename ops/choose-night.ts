import { defined } from "../runs/defined.ts";
import { currentNight } from "../runs/due-nights.ts";
import { nightControlName } from "../runs/night-control.ts";
import { furtherOnly, pipelineOfRun } from "../runs/night-series.ts";
import { type NightState, nightState } from "../runs/night-state.ts";
import { hasEnded } from "../runs/phases.ts";
import type { LaneSchedule } from "../runs/schedule.ts";
import type { StepStatus } from "../runs/step-status.ts";
import { mayNeedPerson } from "../runs/urgency.ts";
import type { Workflow } from "../runs/workflow.ts";
import type { Central } from "./central.ts";
import { ExitCode, OpsError } from "./exit-code.ts";
import { type Lane, laneWith } from "./lanes.ts";
import { type ReadLane, readLane } from "./overview/lane-nights.ts";
import { oneLane } from "./overview/lane-source.ts";
import { unknownName } from "./unknown-name.ts";

/** Which of a lane's nights is meant. */
export interface NightChoice {
  /**
   * Name of its workflow.
   * @default - the one that runs; to look at, one that a person may have been called for, else the one that the schedule is
   * at, else the newest
   */
  readonly night?: string;
}

/** A night, and what was read of it. */
export interface ReadNight {
  readonly lane: Lane;
  readonly workflow: Workflow;
  readonly state: NightState;
}

/** A night chosen to look at. */
export interface ShownNight extends ReadNight {
  /** @default - the lane has none, or none that is daily */
  readonly schedule?: LaneSchedule;
  /** Its deadline, milliseconds. @default - it has none */
  readonly finishBy?: number;
  /** What else to know: a missed night, others that are running. */
  readonly remarks: readonly string[];
}

/**
 * The night that a verb acts on: the only one that runs, or the one named.
 * @throws OpsError notPossible where none or several run
 */
export async function runningNight(central: Central, lane: Lane, choice: NightChoice): Promise<ReadNight> {
  if (choice.night !== undefined) {
    return runningOnly(await named(central, lane, choice.night));
  }
  const heads = await central.heads(lane.namespace, lane.pipeline);
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
  // The list may be out of date: only the workflow itself counts.
  return runningOnly(await readNight(central, lane, only.name));
}

/**
 * The night to look at: the one named, else one that a person may have been called for, else the one that the schedule is at,
 * else the newest that runs, else the newest. A call names the customer alone, and a repeat calls as any other run does.
 */
export async function nightToShow(central: Central, lane: Lane, choice: NightChoice): Promise<ShownNight> {
  const now = Date.now();
  const [heads, read] = await Promise.all([
    central.heads(lane.namespace, lane.pipeline),
    readLane(lane, oneLane(central, lane, now), now),
  ]);
  const current = currentNight(read.nights);
  const scheduled = heads.find(({ uid }) => uid === current?.run?.uid);
  const calling = [scheduled, ...heads].find((one) => one !== undefined && needsPerson(read.states.get(one.uid)));
  const shown = choice.night ?? (calling ?? scheduled ?? heads.find((one) => !one.completed) ?? heads[0])?.name;
  if (shown === undefined) {
    throw noNight(lane, read);
  }
  const night = await named(central, lane, shown);
  const due = read.nights.find(({ run }) => run?.night === shown);
  const missed = current?.standing === "missed" && choice.night === undefined ? [current.date] : [];
  const beside = heads.filter(({ completed, name }) => !completed && name !== shown);
  return {
    ...night,
    ...defined({ schedule: read.schedule, finishBy: due?.finishBy }),
    remarks: [
      ...missed.map((date) => `the night of ${date} was MISSED; this is another one`),
      ...beside.map(({ name }) => `${name} runs beside it: nightlane show ${lane.customer} --night ${name}`),
    ],
  };
}

function needsPerson(state: NightState | undefined): boolean {
  return state !== undefined && !hasEnded(state) && mayNeedPerson(state);
}

function noNight({ customer }: Lane, { scheduled, nights }: ReadLane): OpsError {
  if (!scheduled) {
    return new OpsError(
      ExitCode.notFound,
      `${customer} has no schedule and no night: its lane exists, but its night was never deployed or was removed`,
      `nightlane history ${customer} lists earlier nights`,
    );
  }
  const current = currentNight(nights);
  if (current?.standing === "missed") {
    const missed = `the night of ${current.date} of ${customer} was missed, and no other is kept`;
    return new OpsError(ExitCode.notFound, missed, `nightlane run ${customer} --date ${current.date} --reason "..."`);
  }
  const none = `${customer} has had no night yet, or none within the last two weeks`;
  return new OpsError(ExitCode.notFound, none, `nightlane history ${customer}`);
}

/** Reads a night again. */
export async function readNight(central: Central, lane: Lane, name: string): Promise<ReadNight> {
  const [workflow, control] = await Promise.all([
    central.workflow(lane.namespace, name),
    central.configMap(lane.namespace, nightControlName(name)),
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
      "repeat in a few seconds; if nothing changes, check that the Argo controller is running",
    );
  }
  const all = steps.map((one) => one.name);
  throw unknownName(`step of ${night.lane.customer}`, name, all);
}

/** A night by its name, which may be one of further nights. */
async function named(central: Central, lane: Lane, name: string): Promise<ReadNight> {
  const names = (await central.heads(lane.namespace)).map((head) => head.name);
  if (!names.includes(name)) {
    throw unknownName(`night of ${lane.customer}`, name, names);
  }
  const pipeline = pipelineOfRun(name);
  return readNight(central, laneWith({ customer: lane.series.customer, ...furtherOnly({ pipeline }) }), name);
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
