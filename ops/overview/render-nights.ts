import { furtherAttemptText } from "../../runs/further-attempt.ts";
import type { StepState } from "../../runs/step-status.ts";
import { troubleText } from "../../runs/trouble.ts";
import { isWaitingStep } from "../../runs/urgency.ts";
import type { View } from "../output.ts";
import { duration } from "../text/duration.ts";
import { table } from "../text/table.ts";
import { wrapped } from "../text/width.ts";
import type { NightLine } from "./night-line.ts";
import { byUrgency, colorOf, countsOf, isQuiet } from "./urgency.ts";
import type { Waiting } from "./waiting.ts";

/** How much of the overview is shown. */
export interface OverviewView extends View {
  /** Rows that it may take: quiet lines are folded where there are more. @default - all are shown */
  readonly rows?: number;
  /** Milliseconds. */
  readonly now: number;
}

/** Longest name of a customer or a step that is shown whole beside others. */
const LONGEST_NAME = 16;

/** A line of counts, then the nights: worst first, one line each. */
export function renderNights(unsorted: readonly NightLine[], view: OverviewView): string {
  if (unsorted.length === 0) {
    return "no customer has a lane in this cluster";
  }
  const lines = [...unsorted].sort(byUrgency);
  const customers = new Set(lines.map(({ customer }) => customer)).size;
  const counts = `${customers} ${customers === 1 ? "customer" : "customers"}: ${countsOf(lines)}`;
  const head = wrapped(counts, "", view.columns);
  const shown = folded(lines, view.rows === undefined ? undefined : view.rows - head.length);
  const expected = shown.map((line) => expectedEnd(line, view));
  // Without nightwatch, or before it knows the nights, the screen has better use for the column.
  const isForecast = expected.some((text) => text !== undefined);
  const heading = ["CUSTOMER", "DATE", "STEPS", ...(isForecast ? ["EXPECTED"] : []), "FINISH BY", "STATE"];
  const rows = shown.map((line, index) => [
    line.customer,
    line.businessDate ?? "-",
    line.steps === undefined || line.steps === 0 ? "-" : `${line.stepsDone}/${line.steps}`,
    ...(isForecast ? [expected[index] ?? "-"] : []),
    deadline(line, view),
    stateText(line, view),
  ]);
  const left = lines.length - shown.length;
  return [
    ...head.map((one) => view.paint("bold", one)),
    table([heading, ...rows], { ...view, most: { 0: LONGEST_NAME }, colors: shown.map(colorOf) }),
    ...(left === 0 ? [] : [view.paint("gray", `and ${left} more that need no one: nightlane nights --all`)]),
  ].join("\n");
}

/** The lines that fit; none that needs a person is left out. */
function folded(lines: readonly NightLine[], rows: number | undefined): readonly NightLine[] {
  // Besides the lines: the heading, what is left out, and the prompt.
  const room = rows === undefined ? lines.length : Math.max(rows - 3, 1);
  const loud = lines.filter((line) => !isQuiet(line)).length;
  return lines.length <= room + 1 ? lines : lines.slice(0, Math.max(room, loud));
}

/** When the night is expected to end; a time that has passed by now is not shown. */
function expectedEnd({ forecast, timezone }: NightLine, { times, now }: OverviewView): string | undefined {
  const end = Date.parse(forecast?.expectedEnd ?? "");
  return end > now ? times.clock(end, timezone) : undefined;
}

function deadline({ finishBy, secondsLeft, standing, timezone }: NightLine, { times }: OverviewView): string {
  // What is repeated, or made up for after its time, has no deadline any more.
  const none =
    standing === "closed" || standing === "upcoming" || (standing === "running" && secondsLeft === undefined);
  if (finishBy === undefined || none) {
    return "-";
  }
  const time = times.clock(Date.parse(finishBy), timezone);
  if (secondsLeft === undefined) {
    return time;
  }
  return secondsLeft < 0 ? `${time} late ${duration(-secondsLeft)}` : `${time} in ${duration(secondsLeft)}`;
}

function stateText(line: NightLine, view: OverviewView): string {
  const beside =
    line.beside.length === 0 ? [] : [`+${line.beside.length} ${line.beside.length === 1 ? "replay" : "replays"}`];
  const run = (line.runNumber ?? 1) > 1 ? [`run ${line.runNumber}`] : [];
  const noSchedule = line.problem === "no schedule" ? ["no schedule"] : [];
  const unread = line.problem === "schedule cannot be read" ? [`schedule cannot be read: ${line.reason}`] : [];
  return [...noSchedule, ...unread, ...standingText(line, view), ...run, ...beside].join("; ");
}

function standingText(line: NightLine, view: OverviewView): readonly string[] {
  const { times, now } = view;
  const at = (time: string | undefined): string =>
    time === undefined ? "-" : times.near(Date.parse(time), line.timezone, now);
  const isOpen = line.standing === "missed" || line.standing === "failed" || line.standing === "deleted";
  if ((isOpen || line.standing === "suspended") && line.waivedBy !== undefined) {
    return [`${line.standing}, waived by ${line.waivedBy}`];
  }
  switch (line.standing) {
    case undefined:
      return problemText(line, at);
    case "missed":
      return [`MISSED since ${at(line.startBy)}`, ...(line.blockedBy === undefined ? [] : [`${line.blockedBy} ran`])];
    case "failed":
      return [`FAILED at ${at(line.finishedAt)}`];
    case "deleted":
      return ["GONE: its workflow was deleted"];
    case "due":
      return [`due since ${at(line.start)}`];
    case "upcoming":
      return [`starts ${at(line.start)}`];
    case "suspended":
      return ["not started, the schedule was suspended"];
    case "closed":
      return ["not a business day"];
    case "succeeded":
      return [
        `done${line.late === true ? " late" : ""}${line.finishedAt === undefined ? "" : ` ${at(line.finishedAt)}`}`,
      ];
    case "running":
      return [...(line.paused === true ? ["PAUSED"] : []), ...activeText(line, at)];
  }
}

function problemText(line: NightLine, at: (time: string | undefined) => string): readonly string[] {
  if (line.problem === "cannot be read") {
    return [`CANNOT BE READ: ${line.reason}`];
  }
  const isAhead = line.problem === "no night yet" && line.start !== undefined;
  return [isAhead ? `no night yet, the first ${at(line.start)}` : "no night yet"];
}

const WAITING_TEXT: Readonly<Partial<Record<StepState, string>>> = {
  deciding: "DECIDE",
  confirming: "CONFIRM",
  held: "HELD",
};

function activeText(line: NightLine, at: (time: string | undefined) => string): readonly string[] {
  const waiting = line.active.filter(isWaitingStep).map(({ step, state, since }) => {
    return `${WAITING_TEXT[state]} ${step}${since === undefined ? "" : ` since ${at(since)}`}`;
  });
  const troubled = line.active.flatMap(({ step, trouble }) =>
    trouble === undefined ? [] : [`${step}: ${troubleText(trouble, at)}`],
  );
  const quiet = line.active.filter((one) => !isWaitingStep(one) && one.trouble === undefined);
  const again = quiet.flatMap(({ step, further }) =>
    further === undefined ? [] : [`${step} ${furtherAttemptText(further, at)}`],
  );
  const running = quiet.filter(({ further }) => further === undefined).map(({ step }) => step);
  const texts = [...waiting, ...troubled, ...again, ...(running.length > 0 ? [running.join(", ")] : [])];
  return texts.length > 0 ? texts : [line.steps === undefined ? "running" : "begins"];
}

/** What may wait for the morning. */
const CAN_WAIT: ReadonlySet<Waiting["waitsFor"]> = new Set(["confirmation", "release", "resume", "night left out"]);

/** Everything that waits for a person, earliest deadline first. */
export function renderWaiting(waiting: readonly Waiting[], view: OverviewView): string {
  if (waiting.length === 0) {
    return "nothing waits for a person";
  }
  const heading = ["CUSTOMER", "STEP", "NEEDS", "SINCE", "FINISH BY", "BECAUSE"];
  const rows = waiting.map((one) => [
    one.customer,
    one.step ?? "-",
    one.waitsFor,
    one.since === undefined ? "-" : view.times.near(Date.parse(one.since), one.timezone, view.now),
    one.finishBy === undefined ? "-" : view.times.near(Date.parse(one.finishBy), one.timezone, view.now),
    one.message ?? "",
  ]);
  const [first] = waiting;
  const many = waiting.length === 1 ? "1 thing waits" : `${waiting.length} things wait`;
  return [
    view.paint("bold", `${many} for a person, earliest deadline first`),
    table([heading, ...rows], {
      ...view,
      most: { 0: LONGEST_NAME, 1: LONGEST_NAME },
      colors: waiting.map(({ waitsFor }) => (CAN_WAIT.has(waitsFor) ? "yellow" : "red")),
    }),
    ...(first === undefined ? [] : ["the first:", ...first.commands.map((command) => `  ${command}`)]),
  ].join("\n");
}
