import type { Day } from "../../runs/local-time.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { clock, secondsBetween } from "../../runs/time.ts";
import type { Central } from "../central.ts";
import type { Lane } from "../lanes.ts";
import { table } from "../output.ts";
import type { Paint } from "../render-night.ts";
import { allRuns } from "../runs/all-runs.ts";

/** Which runs are told. */
export interface HistoryOptions {
  /** One business date, with every step, attempt and decision. @default - all, one line each */
  readonly date?: Day;
  /** @default - from the oldest record on */
  readonly from?: Day;
  /** @default - to the newest */
  readonly to?: Day;
  /** At most so many. */
  readonly limit: number;
}

/** What became of earlier runs: from the run records, which outlive workflows. */
export async function history(central: Central, lane: Lane, options: HistoryOptions): Promise<readonly RunFacts[]> {
  const runs = await allRuns(central, lane);
  return runs
    .filter(({ businessDate = "" }) => {
      const wanted = options.date === undefined || businessDate === options.date;
      return wanted && businessDate >= (options.from ?? "") && businessDate <= (options.to ?? "9999");
    })
    .slice(0, options.limit);
}

/** One line for each run. */
export function renderHistory(runs: readonly RunFacts[], paint: Paint): string {
  const heading = ["DATE", "RUN", "PURPOSE", "STATE", "STARTED", "TOOK", "TEMPLATE", "REMARKS"];
  const rows = runs.map((run) => [
    run.businessDate ?? "-",
    run.phase === "Missed" ? "-" : String(run.runNumber),
    run.repeats === undefined ? run.purpose : `${run.purpose} of ${run.repeats}`,
    run.open === false ? "Closed" : run.phase,
    run.startedAt?.slice(0, 16) ?? "-",
    clock(took(run)) || "-",
    run.template || "-",
    remarks(run).join("; "),
  ]);
  const [head = "", ...lines] = table([heading, ...rows]).split("\n");
  return runs.length === 0 ? "no run is known" : [paint("bold", head), ...lines].join("\n");
}

function remarks(run: RunFacts): readonly string[] {
  const retried = run.steps.filter(({ attempts }) => attempts.length > 1).map(({ name }) => name);
  const failed = run.steps.filter(({ state }) => state === "failed").map(({ name }) => name);
  return [
    ...(run.late ? ["late"] : []),
    ...(run.open === false ? [run.dayReason ?? "not a business day"] : []),
    ...(run.halfDay === true ? ["half day"] : []),
    ...(run.from === undefined ? [] : [`from ${run.from}`]),
    ...(failed.length > 0 ? [`failed: ${failed.join(", ")}`] : []),
    ...(retried.length > 0 ? [`retried: ${retried.join(", ")}`] : []),
    ...(run.comparison === undefined ? [] : [comparisonText(run.comparison)]),
    ...(run.phase === "Missed" && run.message !== undefined ? [run.message] : []),
  ];
}

/** How a repeated run compares, in a few words. */
export function comparisonText({ with: other, same, steps }: NonNullable<RunFacts["comparison"]>): string {
  const compared = steps.filter(({ result }) => result !== "new");
  if (compared.length === 0) {
    return `run ${other} has no results to compare with`;
  }
  if (same) {
    return `same results as run ${other}`;
  }
  const different = compared
    .filter(({ result }) => result !== "same")
    .map(({ step, result, files }) => `${step} ${result}${files === undefined ? "" : ` (${files.join(", ")})`}`);
  return `other results than run ${other}: ${different.join(", ")}`;
}

/** Everything that is known of each run. */
export function renderRuns(runs: readonly RunFacts[], paint: Paint): string {
  return runs.length === 0 ? "no run is known" : runs.map((run) => renderRun(run, paint)).join("\n\n");
}

function renderRun(run: RunFacts, paint: Paint): string {
  const what = run.repeats === undefined ? run.purpose : `${run.purpose} of run ${run.repeats}`;
  const head = `${run.businessDate ?? "date unknown"} run ${run.runNumber}: ${run.phase}, ${what}, ${run.variant ?? ""}`;
  const facts = [
    ["workflow", run.night],
    ["template", run.template],
    ["started", run.startedAt ?? "-"],
    ["ended", `${run.finishedAt ?? "-"} ${clock(took(run))}`],
    ["finish by", run.finishBy === undefined ? "-" : `${run.finishBy}${run.late ? " LATE" : ""}`],
    [
      "parameters",
      Object.entries(run.parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
    ],
    ...run.images.map((image) => ["image", image]),
    ...(run.message === undefined ? [] : [["message", run.message]]),
    ...(run.comparison === undefined ? [] : [["compared", comparisonText(run.comparison)]]),
  ];
  const steps = run.steps.flatMap((step) => [
    `  ${step.name.padEnd(20)} ${step.kind.padEnd(9)} ${step.state}`,
    ...step.attempts.map((attempt) => {
      const duration = clock(
        secondsBetween(attempt.startedAt, attempt.finishedAt, Date.parse(attempt.startedAt ?? "")),
      );
      const code = attempt.exitCode === undefined ? "" : `exit ${attempt.exitCode}`;
      const hash = attempt.results === undefined ? "" : `results ${attempt.results.sha256.slice(0, 12)}`;
      const parts = [attempt.phase, duration, code, attempt.remoteJob ?? "", hash, attempt.message ?? ""];
      const number = attempt.number === 0 ? "taken over" : `attempt ${attempt.number}`;
      return paint("gray", `    ${[number, ...parts].filter(Boolean).join("  ")}`);
    }),
  ]);
  const acts = run.acts.map(
    (act) => `  ${act.at.slice(0, 19)}Z  ${act.by}  ${[act.verb, act.step].filter(Boolean).join(" ")}: ${act.reason}`,
  );
  return [
    paint("bold", head),
    ...facts.map(([name = "", value = ""]) => `  ${name.padEnd(10)} ${value}`),
    ...(steps.length === 0 ? [] : [paint("bold", "  steps"), ...steps]),
    ...(acts.length === 0 ? [] : [paint("bold", "  decisions"), ...acts]),
  ].join("\n");
}

function took(run: RunFacts): number | undefined {
  return run.finishedAt === undefined ? undefined : secondsBetween(run.startedAt, run.finishedAt, 0);
}
