import { isProof } from "./attempt.ts";
import type { LiveReport } from "./run-live.ts";

/** One line for each attempt and each requirement, and a last line that sums them up. */
export function liveLines(report: LiveReport): readonly string[] {
  const attempts = report.results.map((result) => {
    const { invariant, actor, what, outcome, controlled, controlFailure } = result;
    const verdict = outcome.refused ? "refused" : "OPEN   ";
    const control = controlFailure === undefined ? "passed" : `FAILED: ${oneLine(controlFailure)}`;
    return `${verdict} [${invariant}] ${actor}: ${what} -- ${oneLine(outcome.seen)} -- control: ${controlled}: ${control}`;
  });
  const requirements = report.requirements.map(
    ({ actor, what, failure }) =>
      `${failure === undefined ? "works  " : "BROKEN "} ${actor}: ${what}${failure === undefined ? "" : ` -- ${oneLine(failure)}`}`,
  );
  return [...attempts, ...requirements, lastLine(report)];
}

/** `attempts: A made, A refused, P positive controls passed`. */
export function lastLine({ results, requirements }: LiveReport): string {
  const refused = results.filter(({ outcome }) => outcome.refused).length;
  const controls =
    results.filter(({ controlFailure }) => controlFailure === undefined).length +
    requirements.filter(({ failure }) => failure === undefined).length;
  return `attempts: ${results.length} made, ${refused} refused, ${controls} positive controls passed`;
}

/** Whether every attempt was refused, beside a control that passed, and everything that must work does. */
export function holds({ results, requirements }: LiveReport): boolean {
  return results.length > 0 && results.every(isProof) && requirements.every(({ failure }) => failure === undefined);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
