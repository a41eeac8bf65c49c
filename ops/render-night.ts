import { styleText } from "node:util";
import type { RecordedAct } from "../runs/act.ts";
import { CREDENTIAL_PARTS, listedEnds } from "../runs/credential-ends.ts";
import type { NightState, StepState, StepStatus } from "../runs/night-state.ts";
import { PASSED } from "../runs/step-status.ts";
import { clock } from "../runs/time.ts";
import { type StepTrouble, troubleText } from "../runs/trouble.ts";

export { clock } from "../runs/time.ts";

/** How text is coloured; `plain` for pipes and logs. */
export type Paint = (color: "green" | "red" | "yellow" | "cyan" | "gray" | "bold", text: string) => string;

export const plain: Paint = (_, text) => text;

/** Colours on a terminal, none elsewhere. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  return stream.isTTY ? (color, text) => styleText(color, text) : plain;
}

const marks: Readonly<Record<StepState, readonly [string, Parameters<Paint>[0]]>> = {
  waiting: ["·", "gray"],
  held: ["⏸", "yellow"],
  running: ["▶", "cyan"],
  confirming: ["?", "yellow"],
  deciding: ["!", "red"],
  succeeded: ["✓", "green"],
  reused: ["↺", "green"],
  skipped: ["○", "gray"],
  omitted: ["∅", "gray"],
  failed: ["✗", "red"],
};

/** What of a credential ends within so many days is shown with each night. */
const SOON_DAYS = 14;

/** How much of a night is told. */
export interface RenderOptions {
  /**
   * Remote jobs, and who decided what and why, under each step.
   * @default false
   */
  readonly details?: boolean;
}

/** A night as text: one line for the night, then one per step in the order of the DAG, indented by its depth. */
export function renderNight(night: NightState, title: string, paint: Paint, options: RenderOptions = {}): string {
  const done = night.steps.filter((step) => PASSED.has(step.state)).length;
  const date = night.businessDate ?? "date not known yet";
  const phase = night.paused ? `${night.phase}, paused` : night.phase;
  const head = `${paint("bold", title)}  ${date}  run ${night.runNumber}  ${phase}  ${done}/${night.steps.length} steps  ${clock(night.seconds)}`;
  const acts = options.details === true ? night.acts.map((act) => actLine(act, "  ", paint)) : [];
  if (night.open === false) {
    return [
      head,
      ...acts,
      `  ${paint("gray", `no night (${night.dayReason ?? "not a business day"}): the steps are skipped`)}`,
    ].join("\n");
  }
  const day = night.halfDay === true ? [`  ${paint("gray", `half day: ${night.dayReason ?? "ends early"}`)}`] : [];
  const depth = depths(night.steps);
  const steps = night.steps.flatMap((step) => {
    const indent = "  ".repeat((depth.get(step.name) ?? 0) + 1);
    return [
      stepLine(step, indent, paint),
      ...troubleLines(step.trouble, `${indent}    `, paint),
      ...(options.details === true ? detailLines(step, `${indent}    `, paint) : []),
    ];
  });
  const notes = [...day, ...acts, ...endLines(night, paint), ...troubleLines(night.trouble, "  ", paint)];
  return [head, ...notes, ...steps].join("\n");
}

function stepLine(step: StepStatus, indent: string, paint: Paint): string {
  const [mark, color] = marks[step.state];
  const name = `${indent}${mark} ${step.name}`.padEnd(34);
  const attempt = step.attempts > 1 ? `  attempt ${step.attempts}` : "";
  const asked = step.asked === undefined ? "" : `  ${step.asked === "hold" ? "to be held" : "to be skipped"}`;
  const message = step.message === undefined || step.trouble !== undefined ? "" : `  ${firstLine(step.message)}`;
  const state = `${step.kind.padEnd(9)} ${step.state.padEnd(10)} ${clock(step.seconds)}`;
  return `${paint(color, name)} ${state}${attempt}${asked}${message}`.trimEnd();
}

/** What of the customer's credential ends soon after the night began. */
function endLines({ credentialEnds, startedAt }: NightState, paint: Paint): readonly string[] {
  const soon = Date.parse(startedAt ?? "") + SOON_DAYS * 24 * 3600_000;
  return listedEnds(credentialEnds ?? {})
    .filter(([, end]) => Date.parse(end) <= soon)
    .map(([part, end]) => `  ${paint("yellow", `the ${CREDENTIAL_PARTS[part]} of the credential ends on ${end}`)}`);
}

/** What keeps it from going on, and the reason in the runner's own words. */
function troubleLines(trouble: StepTrouble | undefined, indent: string, paint: Paint): readonly string[] {
  return trouble === undefined
    ? []
    : [`${indent}${paint("red", troubleText(trouble))}`, `${indent}${paint("gray", firstLine(trouble.sentence))}`];
}

function detailLines(step: StepStatus, indent: string, paint: Paint): readonly string[] {
  const jobs = step.attemptLog.flatMap((attempt) => {
    const code = attempt.exitCode === undefined || attempt.exitCode === 0 ? "" : `, exit code ${attempt.exitCode}`;
    const runners = attempt.runners > 1 ? `, ${attempt.runners} runners` : "";
    const what = attempt.number === 0 ? "results taken over" : `attempt ${attempt.number}`;
    const text = `${what}: ${attempt.phase.toLowerCase()}${code}${runners}`;
    const told = attempt.remoteJob !== undefined || step.attemptLog.length > 1 || attempt.runners > 1;
    return told ? [paint("gray", `${indent}${[text, attempt.remoteJob].filter(Boolean).join("  ")}`)] : [];
  });
  return [...jobs, ...step.acts.map((act) => actLine(act, indent, paint))];
}

/** Who did what, when and why. */
function actLine(act: RecordedAct, indent: string, paint: Paint): string {
  const time = act.at.slice(11, 16);
  return `${indent}${paint("gray", `${time}Z`)} ${act.by} ${paint("bold", act.verb)}: ${act.reason}`;
}

function depths(steps: readonly StepStatus[]): ReadonlyMap<string, number> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const known = new Map<string, number>();
  const depthOf = (name: string): number => {
    const before = known.get(name);
    if (before !== undefined) {
      return before;
    }
    known.set(name, 0);
    const after = byName.get(name)?.after ?? [];
    const depth = after.length === 0 ? 0 : 1 + Math.max(...after.map(depthOf));
    known.set(name, depth);
    return depth;
  };
  for (const step of steps) {
    depthOf(step.name);
  }
  return known;
}

function firstLine(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
}
