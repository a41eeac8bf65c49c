import { CREDENTIAL_PARTS, listedEnds } from "../runs/credential-ends.ts";
import type { NightState } from "../runs/night-state.ts";
import { PASSED } from "../runs/step-status.ts";
import { clock } from "../runs/time.ts";
import { foldAlike } from "./alike-steps.ts";
import { foldSteps } from "./fold-steps.ts";
import type { NightLook } from "./night-look.ts";
import { actLines, stepLines, troubleLines } from "./render-steps.ts";
import { duration } from "./text/duration.ts";
import { line, type Piece } from "./text/line.ts";
import { plain } from "./text/paint.ts";
import { widthOf } from "./text/width.ts";

/**
 * A night as text: one line for the night, then one for each step in the order of the DAG. What a step waits for is
 * written out: the graph is not a tree, so an indent would mislead.
 */
export function renderNight(night: NightState, look: NightLook): string {
  const { details = false, paint, columns, rows } = look;
  const head = headLines(night, look);
  const acts = details ? night.acts.flatMap((act) => actLines(act, "  ", look)) : [];
  if (night.open === false) {
    const reason = `  no night (${night.dayReason ?? "not a business day"}): the steps are skipped`;
    return [...head, ...acts, line([["gray", reason]], paint, columns)].join("\n");
  }
  const notices = noticeLines(night, look);
  const { above, shown, below } = foldSteps(
    night.steps,
    rows === undefined ? undefined : rows - head.length - notices.length,
  );
  const fold = (text: string | undefined): readonly string[] =>
    text === undefined ? [] : [line([["gray", `  … ${text}`]], paint, columns)];
  const steps = stepLines(rows === undefined && look.every !== true ? foldAlike(shown) : shown, night.steps, look);
  return [...head, ...acts, ...notices, ...fold(above), ...steps, ...fold(below)].join("\n");
}

/** Parts of a credential that end within so many days are shown with each night. */
const SOON = 14 * 24 * 3600_000;

/** What to know about the night besides its steps. */
function noticeLines(night: NightState, look: NightLook): readonly string[] {
  const { paint, columns } = look;
  const half =
    night.halfDay === true ? [line([["gray", `  half day: ${night.dayReason ?? "ends early"}`]], paint, columns)] : [];
  const ends = listedEnds(night.credentialEnds ?? {})
    .filter(([, end]) => Date.parse(end) <= Date.parse(night.startedAt ?? "") + SOON)
    .map(([part, end]) => {
      const when = look.times.day(Date.parse(end), look.zone);
      return line([["yellow", `  the ${CREDENTIAL_PARTS[part]} of the credential ends on ${when}`]], paint, columns);
    });
  return [...half, ...ends, ...forecastLines(look), ...troubleLines(night.trouble, "  ", look)];
}

/** When the night is expected to end; steps on the critical path are marked in their own lines. */
function forecastLines(look: NightLook): readonly string[] {
  const { times, zone, finishBy, paint, columns } = look;
  const { end, unknown = [] } = look.forecast ?? {};
  if (end === undefined) {
    const why = `  no expected end: too few nights are known of ${unknown.join(", ")}`;
    return unknown.length === 0 ? [] : [line([["gray", why]], paint, columns)];
  }
  const clockOf = (instant: number): string => times.clock(instant, zone);
  const late = finishBy === undefined ? 0 : Math.round((end.expected - finishBy) / 1000);
  const text = `  expected to end ${clockOf(end.expected)} (${clockOf(end.earliest)} to ${clockOf(end.latest)})`;
  return [line([late > 0 ? ["red", `${text}, ${duration(late)} late`] : text], paint, columns)];
}

/** One line, or two where the screen is too narrow for one. */
function headLines(night: NightState, look: NightLook): readonly string[] {
  const { times, zone, now, finishBy, paint, columns } = look;
  const done = night.steps.filter((step) => PASSED.has(step.state)).length;
  const started = Date.parse(night.startedAt ?? "");
  const ended = Date.parse(night.finishedAt ?? "");
  const what: readonly Piece[] = [
    ["bold", look.title],
    `  ${night.businessDate ?? "date not known yet"}`,
    night.runNumber > 1 ? `  run ${night.runNumber}` : "",
    `  ${night.phase}${night.paused ? ", paused" : ""}`,
    `  ${done}/${night.steps.length} steps`,
  ];
  const when: readonly Piece[] = [
    Number.isNaN(started) ? "" : `  ${times.near(started, zone, now)}`,
    Number.isNaN(ended) ? "" : ` to ${times.near(ended, zone, now)}`,
    night.seconds === undefined ? "" : ` (${clock(night.seconds)})`,
    finishBy === undefined ? "" : deadlineText(finishBy, ended, look),
  ];
  const whole = line([...what, ...when], plain);
  return columns === undefined || widthOf(whole) <= columns
    ? [line([...what, ...when], paint)]
    : [line(what, paint, columns), line(when, paint, columns)];
}

function deadlineText(finishBy: number, ended: number, { times, zone, now }: NightLook): Piece {
  const time = `  by ${times.clock(finishBy, zone)}`;
  if (!Number.isNaN(ended)) {
    return ended > finishBy ? ["red", `${time} late`] : time;
  }
  const left = Math.round((finishBy - now) / 1000);
  return left < 0 ? ["red", `${time} late ${duration(-left)}`] : `${time} in ${duration(left)}`;
}
