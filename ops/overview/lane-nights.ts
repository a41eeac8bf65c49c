import { type DueNight, dueNights } from "../../runs/due-nights.ts";
import { addDays } from "../../runs/local-time.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import { runFacts } from "../../runs/run-facts.ts";
import { type RunFacts, recordName } from "../../runs/run-record.ts";
import { type LaneSchedule, readSchedule } from "../../runs/schedule.ts";
import type { Central, WorkflowHead } from "../central.ts";
import type { Lane } from "../lanes.ts";
import type { RecordHead } from "../run-records.ts";

/** What was read of one lane. */
export interface ReadLane {
  readonly lane: Lane;
  /** Absent where the lane has no daily schedule. */
  readonly schedule?: LaneSchedule;
  /** Whether the lane has a schedule object at all. */
  readonly scheduled: boolean;
  readonly suspended: boolean;
  /** What cannot be read of its schedule, one sentence each. */
  readonly problems: readonly string[];
  /** By when they were to start. */
  readonly nights: readonly DueNight[];
  /** Nights whose workflow was read, by its UID: with all that a person may be asked. */
  readonly states: ReadonlyMap<string, NightState>;
}

/** Records older than this tell of nights that nothing is to be done about any more. */
const LOOK_BACK_DAYS = 15;

/**
 * What is recorded of the last two weeks, without its content: of one customer, or of all, which takes the API server
 * hardly longer.
 * @param now Milliseconds.
 */
export async function recentRecords(central: Central, now: number, customer?: string): Promise<readonly RecordHead[]> {
  const today = new Date(now).toISOString().slice(0, 10);
  const dates = Array.from({ length: LOOK_BACK_DAYS + 2 }, (_, index) => addDays(today, 1 - index));
  const whose = customer === undefined ? {} : { customer };
  const found = await Promise.all([
    central.runRecords.heads({ ...whose, dates }),
    // A run that ended before its calendar has no date.
    central.runRecords.heads({ ...whose, dates: "none" }),
  ]);
  return found.flat().filter(({ businessDate, created }) => (businessDate ?? created) >= (dates.at(-1) ?? ""));
}

/**
 * Reads what is due in a lane. Of most nights no more is needed than that they ended well, which the labels of workflow
 * and record say: only what runs, failed, or ended last is read whole.
 * @param now Milliseconds.
 * @param recent Recent records of the lane. @default - they are asked for
 */
export async function readLane(
  central: Central,
  lane: Lane,
  now: number,
  recent?: readonly RecordHead[],
): Promise<ReadLane> {
  const [cron, heads, recordHeads] = await Promise.all([
    central.scheduleIfAny(lane.namespace),
    central.heads(lane.namespace),
    recent ?? recentRecords(central, now, lane.customer),
  ]);
  const { schedule, problems } = cron === undefined ? { schedule: undefined, problems: [] } : readSchedule(cron);
  const states = new Map<string, NightState>();
  const records = new Map(recordHeads.map((head) => [head.name, head]));
  const newest = heads.find(({ completed }) => completed);
  const fromWorkflows = heads.map(async (head): Promise<RunFacts> => {
    const date = recordOf(lane, head, records)?.businessDate;
    if (head.phase === "Succeeded" && date !== undefined && head !== newest) {
      return endedWell(lane, { name: head.name, uid: head.uid, began: head.created, businessDate: date });
    }
    const [workflow, record] = await Promise.all([
      central.workflow(lane.namespace, head.name),
      head.completed ? undefined : recordedOf(central, recordOf(lane, head, records)),
    ]);
    states.set(head.uid, nightState(workflow, now));
    const forecast = record?.uid === head.uid ? record.forecast : undefined;
    return { ...runFacts(workflow, schedule, now), ...(forecast === undefined ? {} : { forecast }) };
  });
  const runs = await Promise.all([...fromWorkflows, ...fromRecords(central, lane, heads, recordHeads)]);
  const since = Date.parse(cron?.metadata.creationTimestamp ?? "");
  const suspended = cron?.spec.suspend === true;
  const known = runs.filter((run) => run !== undefined);
  return {
    lane,
    scheduled: cron !== undefined,
    suspended,
    problems,
    states,
    nights: dueNights({ schedule, since: Number.isNaN(since) ? now : since, suspended, runs: known }, now),
    ...(schedule === undefined ? {} : { schedule }),
  };
}

/** Records of what has no workflow: nights that never started, and those whose workflow was deleted. */
function fromRecords(
  central: Central,
  lane: Lane,
  heads: readonly WorkflowHead[],
  records: readonly RecordHead[],
): readonly Promise<RunFacts | undefined>[] {
  const taken = new Set(
    heads.flatMap(({ name, uid }) => [recordName(lane.customer, name), recordName(lane.customer, name, uid)]),
  );
  return records
    .filter(({ name }) => !taken.has(name))
    .map(async ({ name, created, businessDate, phase }) =>
      phase === "Succeeded" && businessDate !== undefined
        ? endedWell(lane, { name: name.slice(lane.customer.length + 1), uid: name, began: created, businessDate })
        : (await central.runRecords.get(name))?.spec,
    );
}

/** What nightwatch has recorded of a run that goes on: its forecast above all. */
async function recordedOf(central: Central, head: RecordHead | undefined): Promise<RunFacts | undefined> {
  return head === undefined ? undefined : (await central.runRecords.get(head.name))?.spec;
}

function recordOf(
  lane: Lane,
  { name, uid }: WorkflowHead,
  records: ReadonlyMap<string, RecordHead>,
): RecordHead | undefined {
  return records.get(recordName(lane.customer, name, uid)) ?? records.get(recordName(lane.customer, name));
}

/** What labels say of a run that ended well. */
interface GoodRun {
  readonly name: string;
  readonly uid: string;
  /** RFC 3339. */
  readonly began: string;
  readonly businessDate: string;
}

/** What is known without reading it of a night that ended well. */
function endedWell(lane: Lane, { name, uid, began, businessDate }: GoodRun): RunFacts {
  const [, number = "1"] = /-run-(\d+)(?:\.|$)/.exec(name) ?? [];
  return {
    customer: lane.customer,
    night: name,
    uid,
    pipeline: "night",
    businessDate,
    runNumber: Number(number),
    purpose: "unknown",
    template: "",
    images: [],
    parameters: {},
    phase: "Succeeded",
    startedAt: began,
    late: false,
    steps: [],
    acts: [],
    unreadableActs: [],
    notified: [],
  };
}

/** Runs under way that stand for none of the given nights: repeats, and runs whose date is not known. */
export function runningBeside({ states }: ReadLane, nights: readonly DueNight[]): readonly NightState[] {
  const told = new Set(nights.map(({ run }) => run?.uid));
  return [...states].filter(([uid, state]) => !hasEnded(state) && !told.has(uid)).map(([, state]) => state);
}
