import type { RecordedAct } from "../runs/act.ts";
import { approvalText } from "../runs/approval.ts";
import { defined } from "../runs/defined.ts";
import { figureTexts } from "../runs/figures.ts";
import { furtherAttemptText } from "../runs/further-attempt.ts";
import type { StepState, StepStatus } from "../runs/night-state.ts";
import { placesText } from "../runs/step-group.ts";
import { PASSED } from "../runs/step-status.ts";
import { clock } from "../runs/time.ts";
import { type StepTrouble, troubleText } from "../runs/trouble.ts";
import type { AlikeSteps } from "./alike-steps.ts";
import type { NightLook } from "./night-look.ts";
import { line } from "./text/line.ts";
import type { Color } from "./text/paint.ts";
import { cut, oneLine, padTo, widthOf, wrapped } from "./text/width.ts";

const MARKS: Readonly<Record<StepState, readonly [mark: string, color: Color]>> = {
  waiting: ["·", "gray"],
  held: ["⏸", "yellow"],
  queued: ["⋯", "gray"],
  running: ["▶", "cyan"],
  confirming: ["?", "yellow"],
  deciding: ["!", "red"],
  retrying: ["↻", "cyan"],
  succeeded: ["✓", "green"],
  reused: ["↺", "green"],
  skipped: ["○", "gray"],
  omitted: ["∅", "gray"],
  failed: ["✗", "red"],
};

const LONGEST_NAME = 28;
const STATE_COLUMNS = "confirming".length;
const CLOCK_COLUMNS = "22:30 CEST".length;
const DURATION_COLUMNS = "0:00:00".length;

const INDENT = "      ";

/** A line for each step, or for many that are alike, and with details what is known of a step below. */
export function stepLines(
  steps: readonly (StepStatus | AlikeSteps)[],
  all: readonly StepStatus[],
  look: NightLook,
): readonly string[] {
  const name = Math.min(LONGEST_NAME, Math.max(0, ...steps.map((step) => widthOf(step.name))));
  const passed = new Set(all.filter((step) => PASSED.has(step.state)).map((step) => step.name));
  return steps.flatMap((step) =>
    "members" in step
      ? [alikeLine(step, name, look)]
      : [
          stepLine(step, passed, name, look),
          // Where every row counts, its trouble is in its own line.
          ...(look.rows === undefined ? troubleLines(step.trouble, INDENT, look) : []),
          ...(look.details === true ? detailLines(step, look) : []),
        ],
  );
}

/** When the first of them began, and how long the longest took. */
function alikeLine({ name, state, asked, members, after }: AlikeSteps, nameColumns: number, look: NightLook): string {
  const starts = members.flatMap(({ startedAt }) => (startedAt === undefined ? [] : [startedAt]));
  const seconds = members.flatMap((step) => step.seconds ?? []);
  const [startedAt] = starts.toSorted((a, b) => Date.parse(a) - Date.parse(b));
  const longest = seconds.length === 0 ? undefined : Math.max(...seconds);
  const all = { name, state, ...defined({ startedAt, seconds: longest }) };
  const remarks = [
    ...askedText(asked),
    ...(state === "waiting" && after.length > 0 ? [`after ${after.join(", ")}`] : []),
  ];
  return factsLine(all, MARKS[state][1], nameColumns, remarks.join("; "), look);
}

/** What is blocking a step or a night, with the reason in the runner's own words. */
export function troubleLines(trouble: StepTrouble | undefined, indent: string, look: NightLook): readonly string[] {
  if (trouble === undefined) {
    return [];
  }
  const sentence = `${indent}${oneLine(trouble.sentence)}`;
  const words =
    look.details === true ? wrapped(oneLine(trouble.sentence), indent, look.columns) : [cut(sentence, look.columns)];
  return [
    line([["red", `${indent}${troubleText(trouble, near(look))}`]], look.paint, look.columns),
    ...words.map((one) => look.paint("gray", one)),
  ];
}

/** A time, RFC 3339, as a night shows it. */
function near({ times, zone, now }: NightLook): (time: string) => string {
  return (time) => times.near(Date.parse(time), zone, now);
}

function stepLine(step: StepStatus, passed: ReadonlySet<string>, nameColumns: number, look: NightLook): string {
  const color = step.trouble === undefined ? MARKS[step.state][1] : "red";
  return factsLine(step, color, nameColumns, remarks(step, passed, look).join("; "), look);
}

function factsLine(
  { name, state, startedAt, seconds }: Pick<StepStatus, "name" | "state" | "startedAt" | "seconds">,
  color: Color,
  nameColumns: number,
  remark: string,
  look: NightLook,
): string {
  const { times, zone } = look;
  const started = Date.parse(startedAt ?? "");
  const cells = [
    padTo(state, STATE_COLUMNS),
    padTo(Number.isNaN(started) ? "" : times.clock(started, zone), CLOCK_COLUMNS),
    padTo(clock(seconds), DURATION_COLUMNS),
  ].join("  ");
  const shown = padTo(cut(oneLine(name), nameColumns), nameColumns);
  return line(
    ["  ", [color, `${MARKS[state][0]} ${shown}`], `  ${cells}`, remark === "" ? "" : `  ${remark}`],
    look.paint,
    look.columns,
  );
}

/** What to add to a step's state: since when it waits, for what, and why. */
function remarks(step: StepStatus, passed: ReadonlySet<string>, look: NightLook): readonly string[] {
  const { details = false } = look;
  const before = step.state === "waiting" ? step.after.filter((name) => !passed.has(name)) : [];
  return [
    ...(step.waitingSince === undefined ? [] : [`since ${near(look)(step.waitingSince)}`]),
    ...(step.further === undefined
      ? step.attempts > 1
        ? [`attempt ${step.attempts}`]
        : []
      : [furtherAttemptText(step.further, near(look))]),
    ...askedText(step.asked),
    ...(step.state === "confirming" && step.approval !== undefined
      ? [`approvals: ${approvalText(step.approval)}`]
      : []),
    ...(step.places === undefined ? [] : [placesText(step.places)]),
    ...expectation(step, look),
    ...(before.length === 0 ? [] : [`after ${before.join(", ")}`]),
    ...(details ? [] : figuresOf(step)),
    ...(step.trouble === undefined || look.rows === undefined ? [] : [troubleText(step.trouble, near(look))]),
    // With details the message has lines of its own, whole; a trouble says it better.
    ...(step.message === undefined || step.trouble !== undefined || details ? [] : [step.message]),
  ];
}

function askedText(asked: StepStatus["asked"]): readonly string[] {
  return asked === undefined ? [] : [asked === "hold" ? "to be held" : "to be skipped"];
}

/** When a step is expected to end, and whether the end of the night waits for it. */
function expectation({ name }: StepStatus, { forecast, times, zone }: NightLook): readonly string[] {
  const expected = forecast?.steps.find((step) => step.name === name)?.end.expected;
  if (expected === undefined) {
    return [];
  }
  const critical = forecast?.criticalPath.includes(name) === true ? ", critical" : "";
  return [`ends ${times.clock(expected, zone)}${critical}`];
}

/** What people look at in the results of a step's last attempt. */
function figuresOf({ attemptLog }: StepStatus): readonly string[] {
  return figureTexts(attemptLog.at(-1)?.results);
}

function detailLines(step: StepStatus, look: NightLook): readonly string[] {
  const indent = INDENT;
  const message =
    step.message === undefined || step.trouble !== undefined
      ? []
      : wrapped(oneLine(step.message), indent, look.columns);
  const attempts = step.attemptLog.flatMap((attempt) => {
    const code = attempt.exitCode === undefined || attempt.exitCode === 0 ? "" : `, exit code ${attempt.exitCode}`;
    const runners = attempt.runners > 1 ? `, ${attempt.runners} runners` : "";
    const what = attempt.number === 0 ? "results reused" : `attempt ${attempt.number}`;
    const text = `${what}: ${attempt.phase.toLowerCase()}${code}${runners}`;
    const isWorthALine = attempt.remoteJob !== undefined || step.attemptLog.length > 1 || attempt.runners > 1;
    const both = [text, attempt.remoteJob].filter(Boolean).join("  ");
    return isWorthALine ? wrapped(oneLine(both), indent, look.columns).map((one) => look.paint("gray", one)) : [];
  });
  const figures = figuresOf(step).flatMap((one) => wrapped(oneLine(one), indent, look.columns));
  return [...message, ...figures, ...attempts, ...step.acts.flatMap((act) => actLines(act, indent, look))];
}

/** Who did what, when and why. */
export function actLines(act: RecordedAct, indent: string, look: NightLook): readonly string[] {
  const { paint, columns } = look;
  return wrapped(oneLine(`${near(look)(act.at)} ${act.by} ${act.verb}: ${act.reason}`), indent, columns).map((one) =>
    paint("gray", one),
  );
}
