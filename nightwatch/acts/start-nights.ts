import { isTaken, refusalOf } from "../../api/api-error.ts";
import { actAnnotation, isNotedIn, isNoteOf, type RecordedAct, type Verb } from "../../runs/act.ts";
import { BACKFILL_AT_ONCE } from "../../runs/lane-limits.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import type { Day } from "../../runs/local-time.ts";
import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { furtherOnly, isSameSeries, scheduleName, seriesName } from "../../runs/night-series.ts";
import { isOver, neverStarted } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import { runName } from "../../runs/run-name.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { laneSchedule, lastDueDate } from "../../runs/schedule.ts";
import { type PlannedStart, planBackfill, planRepeat, planRun, type StartPlace } from "../../runs/start-act.ts";
import { errorText } from "../error-text.ts";
import { saidTime } from "../signals/said-time.ts";
import { isRefusedByServer } from "./act-outcome.ts";
import { keptBeforeStart } from "./before-next-start.ts";
import { type Carried, NotYet } from "./carried.ts";
import { requireRoom, roomForBackfill } from "./lane-room.ts";
import type { LaneWriter } from "./lane-writer.ts";

/** What is known of past and present runs. */
export interface RunSource {
  /** Every run of a customer, by business date and number, the newest first. */
  readonly runs: (customer: string) => Promise<readonly RunFacts[]>;
  /** How many schedules of further nights a customer has. */
  readonly furtherSchedules: (customer: string) => number;
  /** When any schedule of a customer starts its next night, milliseconds; undefined where none does. */
  readonly nextStart: (customer: string) => number | undefined;
  /** Notes an act on the record of a run that has no workflow. */
  readonly noteAct: (run: RunFacts, act: RecordedAct) => Promise<void>;
}

/**
 * Starts the night that an act asks for. Run names are unique, so an act that starts again after a crash finds the run
 * that it has started.
 * @throws Refusal
 */
export async function startNight(writer: LaneWriter, act: NightAct, source: RunSource): Promise<Carried> {
  const { verb, date } = act.spec;
  const place = await placeOf(writer, act, source);
  const before = startedBy(place.runs, act);
  if (before !== undefined) {
    return started(before.night, act.status?.nights);
  }
  if (date === undefined || (verb !== "run" && verb !== "replay" && verb !== "restate")) {
    throw new Refusal("not-possible", `${verb}: does not start the night of one date`);
  }
  const { namespace } = act.metadata;
  // The last night that was due takes the place that is kept for it, no matter who starts it.
  const isKeptFor = verb === "run" && (place.schedule === undefined || date >= lastDueDate(place.schedule, place.now));
  if (!isKeptFor) {
    await requireRoom(writer, namespace, source.furtherSchedules(ownerOf(namespace)), verb);
  }
  const planned =
    verb === "run" ? planRun(place, { ...act.spec, date }) : await planRepeat(place, { ...act.spec, verb, date });
  try {
    return started(await start(writer, act, place, planned), undefined);
  } catch (error) {
    // Another repeat took the number; the next try sees that and takes the next number.
    throw error instanceof RunExists && verb !== "run"
      ? new NotYet(`${error.message}; the next number is taken`)
      : error;
  }
}

/**
 * Starts the missing nights of a range, oldest first and a few at a time, leaving room for those of the schedule: in
 * the lane and, while a night that it did not start runs or before the next start of a schedule, for runners and in the
 * customer's cluster. It is continued whenever the lane has changed.
 */
export async function carryOnBackfill(writer: LaneWriter, act: NightAct, source: RunSource): Promise<Carried> {
  const { date, to, concurrency = 1 } = act.spec;
  if (date === undefined || to === undefined) {
    throw new Refusal("not-possible", "backfill: names no range of dates");
  }
  const place = await placeOf(writer, act, source);
  const own = place.runs.filter((run) => isStartedBy(run, act));
  const { days, missing } = planBackfill(place, { date, to });
  const running = own.filter((run) => !isOver(run));
  const { namespace } = act.metadata;
  const customer = ownerOf(namespace);
  const kept = await roomForBackfill(writer, namespace, source.furtherSchedules(customer));
  const beside = place.laneRuns.find((run) => !isOver(run) && !neverStarted(run) && !isStartedBy(run, act));
  const next = nextTooNear(place, source.nextStart(customer));
  const isFree = beside === undefined && next === undefined;
  const room = isFree ? Math.min(Math.min(concurrency, BACKFILL_AT_ONCE) - running.length, kept) : 0;
  const begun: string[] = [];
  let refused = "";
  // What the watch has not shown yet counts as there.
  let taken = 0;
  for (const day of missing) {
    if (begun.length >= room) {
      break;
    }
    const planned = { businessDate: day, runNumber: 1, template: place.template, parameters: {} };
    try {
      begun.push(await start(writer, act, place, planned));
    } catch (error) {
      if (error instanceof RunExists) {
        taken += 1;
        continue;
      }
      if (!isRefusedByServer(error)) {
        throw error;
      }
      // A quota that is used up at the moment, or a policy that a deployment fixes: what was started goes on.
      refused = refusalOf(error) ?? errorText(error);
      break;
    }
  }
  const nights = [...new Set([...(act.status?.nights ?? []), ...own.map(({ night }) => night).reverse(), ...begun])];
  const left = missing.length - begun.length - taken;
  const isDone = left === 0 && running.length === 0 && begun.length === 0;
  const failed = own.filter((run) => isOver(run) && run.phase !== "Succeeded").length;
  return {
    phase: isDone ? "Done" : "Accepted",
    message: isDone
      ? `all ${days.length} business days from ${date} to ${to} have a night${failed === 0 ? "" : `; ${failed} of ${nights.length} did not succeed`}`
      : `${nights.length} nights were started, ${left} are left${refused === "" ? waiting(left, beside, next, kept) : `; the next one is tried again, since it was refused: ${refused}`}`,
    nights,
    failed,
  };
}

/**
 * The scheduled night that a backfill leaves the runners to, in words: it starts before one of its own would have
 * ended.
 */
function nextTooNear({ runs, schedule, now }: StartPlace, next: number | undefined): string | undefined {
  const before = keptBeforeStart(runs);
  return next === undefined || now + before < next
    ? undefined
    : `the night that the schedule starts at ${saidTime(next, schedule?.timezone)}: one that begins less than ${Math.ceil(before / 60_000)} minutes before it may still have the runners then`;
}

/** What keeps a backfill from starting its next night. */
function waiting(left: number, beside: RunFacts | undefined, next: string | undefined, kept: number): string {
  if (left === 0) {
    return "";
  }
  if (beside !== undefined) {
    return `; they wait for the end of ${beside.night}, which has the runners`;
  }
  if (next !== undefined) {
    return `; they wait for ${next}`;
  }
  return kept <= 0 ? "; they wait for room, which the lane keeps for its schedule" : "";
}

/** The place of a start, within its lane. */
interface LanePlace extends StartPlace {
  /** Every known run of the lane: the runners are for all of them. */
  readonly laneRuns: readonly RunFacts[];
}

async function placeOf(writer: LaneWriter, { metadata, spec }: NightAct, source: RunSource): Promise<LanePlace> {
  const { namespace } = metadata;
  const series = { customer: ownerOf(namespace), ...furtherOnly(spec) };
  const cron = await writer.schedule(namespace, scheduleName(spec.pipeline));
  if (cron === undefined) {
    throw new Refusal("not-possible", `${spec.verb}: ${seriesName(series)} has no schedule, so it has no night to run`);
  }
  const schedule = laneSchedule(cron);
  const laneRuns = await source.runs(series.customer);
  return {
    customer: seriesName(series),
    template: cron.spec.workflowSpec.workflowTemplateRef.name,
    laneRuns,
    runs: laneRuns.filter((run) => isSameSeries(run, series)),
    now: Date.now(),
    definition: (name) => writer.template(namespace, name),
    ...(schedule === undefined ? {} : { schedule }),
  };
}

async function start(
  writer: LaneWriter,
  act: NightAct,
  { schedule, customer }: StartPlace,
  { businessDate, runNumber, template, parameters, repeats }: PlannedStart,
): Promise<string> {
  const { namespace } = act.metadata;
  const name = runName(act.spec, schedule, businessDate, runNumber);
  const recorded = recordedAct(act);
  try {
    return await writer.create(namespace, {
      name,
      template,
      parameters: { "business-date": businessDate, "run-number": String(runNumber), ...parameters },
      annotations: actAnnotation({ ...recorded, ...(repeats === undefined ? {} : { run: repeats }) }),
    });
  } catch (error) {
    if (!isTaken(error)) {
      throw error;
    }
    const there = await writer.workflow(namespace, name);
    if (isNotedIn(there?.metadata.annotations, recorded)) {
      return name;
    }
    throw new RunExists(act.spec.verb, name, customer, businessDate, runNumber);
  }
}

/** Another person started this run in the meantime. */
class RunExists extends Refusal {
  constructor(verb: Verb, name: string, customer: string, date: Day, runNumber: number) {
    super(
      "not-possible",
      `${verb}: run ${runNumber} of ${date} of ${customer} exists: ${name}`,
      "a repeat on purpose is nightlane replay or nightlane restate",
    );
  }
}

function startedBy(runs: readonly RunFacts[], act: NightAct): RunFacts | undefined {
  return runs.find((run) => isStartedBy(run, act));
}

function isStartedBy({ acts }: RunFacts, act: NightAct): boolean {
  const recorded = recordedAct(act);
  return acts.some((note) => isNoteOf(note, recorded));
}

function started(night: string, before: readonly string[] | undefined): Carried {
  return { phase: "Done", message: `${night} starts`, nights: [...new Set([...(before ?? []), night])] };
}
