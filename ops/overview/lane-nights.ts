import { currentNight, type DueNight, dueNights } from "../../runs/due-nights.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import { factsOfState } from "../../runs/run-facts.ts";
import { NOTHING_KNOWN, type RunFacts, recordNames } from "../../runs/run-record.ts";
import { type LaneSchedule, readSchedule } from "../../runs/schedule.ts";
import type { WorkflowHead } from "../central.ts";
import type { Lane } from "../lanes.ts";
import type { RecordHead } from "../run-records.ts";
import type { LaneSource } from "./lane-source.ts";

/** What was read from one lane. */
export interface ReadLane {
  readonly lane: Lane;
  /** Absent where the lane has no daily schedule. */
  readonly schedule?: LaneSchedule;
  /** Whether the lane has a schedule object at all. */
  readonly scheduled: boolean;
  readonly suspended: boolean;
  /** What is unreadable about its schedule, one sentence each. */
  readonly problems: readonly string[];
  /** When they were due to start. */
  readonly nights: readonly DueNight[];
  /** Nights whose workflow was read, by its UID: with all that a person may be asked. */
  readonly states: ReadonlyMap<string, NightState>;
}

/**
 * Reads what is due in a lane. For most nights it is enough to know that they ended well, which the labels of workflow
 * and record say: only what runs, failed, or ended last is read whole.
 * @param now Milliseconds.
 */
export async function readLane(lane: Lane, source: LaneSource, now: number): Promise<ReadLane> {
  const [cron, heads, recordHeads] = await Promise.all([source.schedule(), source.heads(), source.records()]);
  const { schedule, problems } = cron === undefined ? { schedule: undefined, problems: [] } : readSchedule(cron);
  const states = new Map<string, NightState>();
  const records = new Map(recordHeads.map((head) => [head.name, head]));
  const newest = heads.find(({ completed }) => completed);
  const fromWorkflows = heads.map(async (head): Promise<RunFacts> => {
    const recorded = recordOf(lane, head, records);
    const date = recorded?.businessDate;
    // What Argo calls a success may have failed for Nightlane: a step of which nothing ran.
    const wasGood = head.phase === "Succeeded" && recorded?.phase === "Succeeded";
    if (wasGood && date !== undefined && head !== newest) {
      return endedWell(lane, { name: head.name, uid: head.uid, began: head.created, businessDate: date });
    }
    const [workflow, record] = await Promise.all([
      source.workflow(head.name),
      recorded === undefined ? undefined : source.record(recorded),
    ]);
    const state = nightState(workflow, now);
    states.set(head.uid, state);
    const before = record?.spec.uid === head.uid ? record.spec : undefined;
    return factsOfState(workflow, state, schedule, now, { before });
  });
  const runs = await Promise.all([...fromWorkflows, ...fromRecords(source, lane, heads, recordHeads)]);
  const since = Date.parse(cron?.metadata.creationTimestamp ?? "");
  const suspended = cron?.spec.suspend === true;
  const known = runs.filter((run) => run !== undefined);
  const nightsOf = (all: readonly RunFacts[]): readonly DueNight[] =>
    dueNights({ schedule, since: Number.isNaN(since) ? now : since, suspended, runs: all }, now);
  const nights = nightsOf(known);
  // What labels say of a run is not enough of the night that counts now: people read when it ended, and with how many steps.
  const brief = currentNight(nights)?.run;
  const head = brief === undefined ? undefined : records.get(brief.uid);
  const whole = head === undefined ? undefined : (await source.record(head))?.spec;
  return {
    lane,
    scheduled: cron !== undefined,
    suspended,
    problems,
    states,
    nights: whole === undefined ? nights : nightsOf(known.map((run) => (run === brief ? whole : run))),
    ...(schedule === undefined ? {} : { schedule }),
  };
}

/**
 * Whether what was read without the workflows of ended nights is all that there is to say. It is not where a night ended
 * that nobody has recorded: it would pass for one that was missed, or that still runs.
 */
export function isWhole({ nights, states }: ReadLane): boolean {
  return nights.every(
    ({ standing, run }) =>
      standing !== "missed" &&
      standing !== "deleted" &&
      (standing !== "running" || (run !== undefined && states.has(run.uid))),
  );
}

/** Records of runs without a workflow here: never started, deleted, or not asked for. */
function fromRecords(
  source: LaneSource,
  lane: Lane,
  heads: readonly WorkflowHead[],
  records: readonly RecordHead[],
): readonly Promise<RunFacts | undefined>[] {
  const { customer } = lane.series;
  const taken = new Set(heads.flatMap((head) => recordNames(customer, head)));
  const others = records.filter(({ name }) => !taken.has(name));
  return others.map(async (head) => {
    const { name, created, businessDate, phase } = head;
    return phase === "Succeeded" && businessDate !== undefined
      ? endedWell(lane, { name: name.slice(customer.length + 1), uid: name, began: created, businessDate })
      : (await source.record(head))?.spec;
  });
}

function recordOf(
  { series: { customer } }: Lane,
  head: WorkflowHead,
  records: ReadonlyMap<string, RecordHead>,
): RecordHead | undefined {
  return recordNames(customer, head).flatMap((name) => records.get(name) ?? [])[0];
}

/** A run that ended well, as its labels describe it. */
interface GoodRun {
  readonly name: string;
  readonly uid: string;
  /** RFC 3339. */
  readonly began: string;
  readonly businessDate: string;
}

/** What is known of a night that ended well, without reading it. */
function endedWell(lane: Lane, { name, uid, began, businessDate }: GoodRun): RunFacts {
  const [, number = "1"] = /-run-(\d+)(?:\.|$)/.exec(name) ?? [];
  return {
    ...NOTHING_KNOWN,
    customer: lane.series.customer,
    night: name,
    uid,
    pipeline: lane.pipeline,
    businessDate,
    runNumber: Number(number),
    phase: "Succeeded",
    startedAt: began,
  };
}

/** Running runs that belong to none of the given nights: repeats, and runs whose date is not known. */
export function runningBeside({ states }: ReadLane, nights: readonly DueNight[]): readonly NightState[] {
  const listed = new Set(nights.map(({ run }) => run?.uid));
  return [...states].filter(([uid, state]) => !hasEnded(state) && !listed.has(uid)).map(([, state]) => state);
}
