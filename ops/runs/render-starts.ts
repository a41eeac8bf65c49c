import type { View } from "../output.ts";
import type { Backfill } from "../verbs/backfill.ts";
import type { Outcome } from "../verbs/outcome.ts";
import type { Started } from "../verbs/run.ts";
import { comparisonText } from "./render-runs.ts";

/** What was started, or would be. */
export function renderStarted(started: Started, { paint }: View): string {
  const dry = started.dryRun ? " (dry run: nothing was started)" : "";
  const repeats = started.repeats === undefined ? "" : `, repeats run ${started.repeats}`;
  const from = started.from === undefined ? "" : ` from ${started.from} on`;
  const head = `${paint("bold", started.night)} of ${started.customer}: ${started.businessDate}, run ${started.runNumber}${repeats}${from}${dry}`;
  const beside =
    started.beside === undefined
      ? ""
      : `\n  beside it ${started.beside.join(", ")} ${started.beside.length === 1 ? "runs" : "run"}`;
  return `${head}${beside}\n  template ${started.template}, noted as ${started.by}: ${started.reason}\n  nightlane show ${started.customer} --night ${started.night} --watch`;
}

/** What became of it. */
export function renderOutcome(outcome: Outcome, { paint }: View): string {
  const compared = outcome.comparison === undefined ? "" : `\n  ${comparisonText(outcome.comparison)}`;
  return `${paint("bold", outcome.night)} ended: ${outcome.phase}${compared}`;
}

/** What became of a range of nights. */
export function renderBackfill(done: Backfill, { paint }: View): string {
  const begun = new Set(done.nights.filter((night) => "phase" in night).map((night) => night.businessDate));
  const ended = done.nights.flatMap((night) => ("phase" in night ? [`  ${night.businessDate}  ${night.phase}`] : []));
  const planned = done.missing
    .filter((date) => !begun.has(date) && !done.left.includes(date))
    .map((date) => `  ${date}  would be started`);
  const left = done.left.length === 0 ? [] : [`  left for later, begin again for them: ${done.left.join(", ")}`];
  const failed =
    done.failed.length === 0
      ? []
      : [`  failed before, and left alone: ${done.failed.join(", ")} (nightlane replay decides each)`];
  const head = paint("bold", `${done.customer}: ${done.missing.length} nights were missing`);
  return [head, ...ended, ...planned, ...left, ...failed].join("\n");
}
