import { isBusinessDay, isNightDay, nightDaysText, reasonOf } from "./business-calendar.ts";
import { addDays, type Day, localTime } from "./local-time.ts";
import type { NightActSpec } from "./night-act.ts";
import { isOver, neverStarted } from "./phases.ts";
import { Refusal } from "./refusal.ts";
import { beginAt, recordedInputs } from "./repeat-inputs.ts";
import type { RunFacts } from "./run-record.ts";
import { dateOfRun } from "./runs-by-date.ts";
import { type LaneSchedule, lastDueDate } from "./schedule.ts";
import type { WorkflowSpecTemplate } from "./workflow.ts";

/** What starting a night of a lane depends on. */
export interface StartPlace {
  /** Name of the nights as people type it: `nordbank`, or `nordbank/month-end`. */
  readonly customer: string;
  /** @default - the lane has no daily schedule */
  readonly schedule?: LaneSchedule;
  /** The template that the lane's schedule runs now. */
  readonly template: string;
  /** Every known run of these nights, newest business date and number first. */
  readonly runs: readonly RunFacts[];
  /** Milliseconds. */
  readonly now: number;
  /** A template of the lane; undefined if it is no longer kept. */
  readonly definition: (name: string) => Promise<WorkflowSpecTemplate | undefined>;
}

/** The run that an act starts. */
export interface PlannedStart {
  readonly businessDate: Day;
  readonly runNumber: number;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Number of the run that is repeated. */
  readonly repeats?: number;
}

/** The dates that a backfill starts nights for. */
export interface PlannedBackfill {
  /** Business days of the range. */
  readonly days: readonly Day[];
  /** Of these, the dates without any run. */
  readonly missing: readonly Day[];
  /** Of these, the dates whose runs all failed: a person decides whether to replay them. */
  readonly failed: readonly Day[];
}

const LONGEST_DAYS = 366;

/**
 * The runs of one business date that actually started, newest number first. One that ended before its calendar found
 * the date counts for the date of its scheduled start.
 */
export function startedOn(runs: readonly RunFacts[], date: Day): readonly RunFacts[] {
  return runs.filter((run) => dateOfRun(run, undefined) === date && !neverStarted(run));
}

/**
 * Run 1 of a business date, with the definition that the schedule runs now.
 * @throws Refusal if there is a night of that date, if it is not due yet, or not a business day
 */
export function planRun(
  place: StartPlace,
  { date, early }: { readonly date: Day; readonly early?: boolean },
): PlannedStart {
  const { customer, schedule, template, runs, now } = place;
  requireKnownPast(place, "--date", date);
  if (schedule !== undefined) {
    requireDate(customer, schedule, date, early ?? false, now);
  }
  const [before] = startedOn(runs, date);
  if (before !== undefined) {
    throw new Refusal(
      "not-possible",
      `${customer} has a night of ${date} already: ${before.night}, run ${before.runNumber}, ${before.phase}; a second one under the same number would adopt its remote jobs`,
      `nightlane replay ${customer} --date ${date} to repeat it, restate to correct it`,
    );
  }
  return { businessDate: date, runNumber: 1, template, parameters: {} };
}

/** How long before the first known night a date may be, days. */
const LONGEST_PAST_DAYS = 5 * 366;

/** A calendar knows its years; without one a date of another century would pass. */
function requireKnownPast(
  { customer, schedule, runs, now }: Pick<StartPlace, "customer" | "schedule" | "runs" | "now">,
  option: "--date" | "--from",
  date: Day,
): void {
  const [first] = runs.flatMap((run) => dateOfRun(run, undefined) ?? []).toSorted();
  const since = first ?? localTime(now, schedule?.timezone ?? "UTC").day;
  if (schedule?.calendar === undefined && date < addDays(since, -LONGEST_PAST_DAYS)) {
    throw new Refusal(
      "not-possible",
      `${option} ${date}: more than five years before ${since}, ${first === undefined ? "today" : `the first night of ${customer} that is known`}`,
      "correct the date; older nights are made up for a few years at a time, the later ones first",
    );
  }
}

/** A typo in a date would start hours of work: it must be one that the lane's schedule knows. */
function requireDate(customer: string, schedule: LaneSchedule, date: Day, early: boolean, now: number): void {
  const due = lastDueDate(schedule, now);
  if (date > due && !early) {
    throw new Refusal(
      "not-possible",
      `--date ${date}: the last night of ${customer} that was due is that of ${due}; later ones are started by the schedule`,
      "correct the date; --early starts a night before its time, and the schedule then starts no other of that date",
    );
  }
  const { calendar } = schedule;
  const next = nextDate(schedule, due);
  if (date > next) {
    throw new Refusal(
      "not-possible",
      `--date ${date}: the next night of ${customer} is that of ${next}; later ones are started by the schedule`,
      "correct the date: --early starts the next night before its time, and no later one",
    );
  }
  if (calendar !== undefined && !isBusinessDay(calendar, date)) {
    throw new Refusal(
      "not-possible",
      `--date ${date}: not a business day of ${customer} (${reasonOf(calendar, date)}); its night would run no step`,
      "correct the date, or add it to workedDays in the customer's file",
    );
  }
  if (calendar !== undefined && !isNightDay(calendar, date)) {
    throw new Refusal(
      "not-possible",
      `--date ${date}: the nights of ${customer} are for other days (${nightDaysText(calendar.nightDays)})`,
      "correct the date, or change `on` of the schedule in the customer's file",
    );
  }
}

/** Longest time without a night that is searched for the next one. */
const LONGEST_CLOSURE_DAYS = 400;

/** The first date after another that nights are for; without a calendar, the day after it. */
function nextDate({ calendar }: LaneSchedule, due: Day): Day {
  const days = Array.from({ length: LONGEST_CLOSURE_DAYS }, (_, index) => addDays(due, index + 1));
  return days.find((day) => calendar === undefined || isNightDay(calendar, day)) ?? addDays(due, 1);
}

/**
 * A run of a business date under a new number; the earlier run and its results stay as they are.
 *
 * `replay` repeats it exactly: the recorded template and parameters, and its results should be the same. `restate`
 * corrects it: inputs are fetched again, and its results take the place of the earlier ones.
 * @throws Refusal
 */
export async function planRepeat(
  place: StartPlace,
  spec: Pick<NightActSpec, "run" | "from" | "current"> & {
    readonly verb: "replay" | "restate";
    readonly date: Day;
  },
): Promise<PlannedStart> {
  const { customer } = place;
  const { verb, date, from, current } = spec;
  const runs = startedOn(place.runs, date);
  const original = runToRepeat(customer, runs, spec);
  if (original.open === false) {
    requireWorked(place, spec);
  }
  const template = current === true ? place.template : original.template;
  const definition = await place.definition(template);
  if (definition === undefined) {
    throw new Refusal(
      "not-found",
      `${verb}: the template of run ${original.runNumber} (${template}) is no longer kept in the lane of ${customer}`,
      `nightlane restate ${customer} --date ${date} --current runs the present definition`,
    );
  }
  const parameters = {
    ...recordedInputs(original),
    ...(from === undefined ? {} : beginAt(from, original, { name: template, spec: definition })),
  };
  const runNumber = 1 + Math.max(...runs.map((run) => run.runNumber));
  return { businessDate: date, runNumber, template, parameters, repeats: original.runNumber };
}

function runToRepeat(
  customer: string,
  runs: readonly RunFacts[],
  { verb, date, run }: { readonly verb: string; readonly date: Day; readonly run?: number },
): RunFacts {
  const numbers = runs.map(({ runNumber, phase }) => `${runNumber} (${phase})`).join(", ");
  const found =
    run === undefined
      ? (runs.find(({ phase }) => phase === "Succeeded") ?? runs.find(isOver))
      : runs.find(({ runNumber }) => runNumber === run);
  if (found === undefined) {
    throw new Refusal(
      "not-found",
      runs.length === 0
        ? `${verb}: ${customer} has no run of ${date}`
        : `${verb}: ${customer} has no run${run === undefined ? " that has ended" : ` ${run}`} of ${date}; it has ${numbers}`,
      runs.length === 0
        ? `nightlane run ${customer} --date ${date} --reason "..." starts the first`
        : `nightlane history ${customer} --date ${date}`,
    );
  }
  if (!isOver(found)) {
    throw new Refusal(
      "not-possible",
      `${verb}: run ${found.runNumber} of ${date} still runs (${found.night})`,
      `nightlane show ${customer} --night ${found.night}`,
    );
  }
  return found;
}

/** A night that ran no step is made up for if the day is a business day by the present calendar. */
function requireWorked(
  { customer, schedule }: StartPlace,
  { verb, date, current }: { readonly verb: string; readonly date: Day; readonly current?: boolean },
): void {
  const calendar = schedule?.calendar;
  if (calendar === undefined || !isNightDay(calendar, date)) {
    const isOther = calendar !== undefined && isBusinessDay(calendar, date);
    throw new Refusal(
      "not-possible",
      `${verb}: ${date} is ${isOther ? `not a day that the nights of ${customer} are for (${nightDaysText(calendar.nightDays)})` : `not a business day of ${customer}`}; its night ran no step`,
      `nightlane history ${customer} lists the dates that have results`,
    );
  }
  if (verb === "replay" || current !== true) {
    throw new Refusal(
      "not-possible",
      `${verb}: the night of ${date} ran no step, since the calendar at the time had none for it; there is nothing to repeat`,
      `nightlane restate ${customer} --date ${date} --current runs it with the present definition`,
    );
  }
}

/**
 * Which nights of a range are missing. Tonight's night is the schedule's, not a backfill's.
 * @throws Refusal where the range cannot be filled
 */
export function planBackfill(
  place: Omit<StartPlace, "definition" | "template">,
  { date: from, to }: { readonly date: Day; readonly to: Day },
): PlannedBackfill {
  const { customer, schedule, runs, now } = place;
  if (from > to) {
    throw new Refusal("not-possible", `--from ${from} is after --to ${to}`, "swap them");
  }
  if (addDays(from, LONGEST_DAYS) < to) {
    throw new Refusal("not-possible", `--from ${from} --to ${to} is more than ${LONGEST_DAYS} days`, "split it");
  }
  requireKnownPast(place, "--from", from);
  const due = schedule === undefined ? to : lastDueDate(schedule, now);
  if (from > due) {
    throw new Refusal(
      "not-possible",
      `--from ${from}: the last night of ${customer} that was due is that of ${due}`,
      "later nights are started by the schedule",
    );
  }
  const days = businessDays(from, to < due ? to : due, schedule);
  const missing = days.filter((day) => startedOn(runs, day).length === 0);
  const good = new Set(["Succeeded", "Running", "Pending"]);
  const failed = days.filter(
    (day) => !missing.includes(day) && !startedOn(runs, day).some(({ phase }) => good.has(phase)),
  );
  return { days, missing, failed };
}

/** The business days of a range that nights are for; all days where no calendar is known. */
function businessDays(from: Day, last: Day, schedule: LaneSchedule | undefined): readonly Day[] {
  const calendar = schedule?.calendar;
  const days: Day[] = [];
  for (let date = from; date <= last; date = addDays(date, 1)) {
    if (calendar === undefined || isNightDay(calendar, date)) {
      days.push(date);
    }
  }
  return days;
}
