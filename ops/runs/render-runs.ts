import { shownFigures } from "../../runs/figures.ts";
import { neverStarted } from "../../runs/phases.ts";
import type { RunFacts, StepFacts } from "../../runs/run-record.ts";
import { clock, secondsBetween } from "../../runs/time.ts";
import type { View } from "../output.ts";
import { line } from "../text/line.ts";
import { table } from "../text/table.ts";
import { oneLine, padTo, wrapped } from "../text/width.ts";
import type { History } from "../verbs/history.ts";

/** One line for each run, and how many more there are. */
export function renderHistory({ items, total, timezone }: History, view: View): string {
  if (items.length === 0) {
    return "no run is known";
  }
  const heading = ["DATE", "RUN", "PURPOSE", "STATE", "STARTED", "TOOK", "REMARKS"];
  const rows = items.map((run) => [
    run.businessDate ?? run.expectedDate ?? "-",
    neverStarted(run) ? "-" : String(run.runNumber),
    run.repeats === undefined ? run.purpose : `${run.purpose} of ${run.repeats}`,
    run.open === false ? "Closed" : run.phase,
    run.startedAt === undefined ? "-" : view.times.day(Date.parse(run.startedAt), timezone),
    clock(took(run)) || "-",
    remarks(run).join("; "),
  ]);
  const colors = items.map(({ phase, open }) =>
    open === false || phase === "Suspended"
      ? "gray"
      : phase === "Succeeded"
        ? undefined
        : phase === "Running"
          ? "cyan"
          : "red",
  );
  const left = total - items.length;
  return [
    table([heading, ...rows], { ...view, colors }),
    ...(left > 0 ? [view.paint("gray", `${items.length} of ${total} runs; --limit ${total} shows all`)] : []),
  ].join("\n");
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
    ...(neverStarted(run) && run.message !== undefined ? [run.message] : []),
  ];
}

/** How a repeated run compares with the first. */
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
  return `results differ from run ${other}: ${different.join(", ")}`;
}

/** All details of each run. */
export function renderRuns({ items, timezone }: History, view: View): string {
  return items.length === 0 ? "no run is known" : items.map((run) => renderRun(run, timezone, view)).join("\n\n");
}

const LABEL_COLUMNS = 12;

function renderRun(run: RunFacts, zone: string | undefined, view: View): string {
  const { paint, times, columns } = view;
  const what = run.repeats === undefined ? run.purpose : `${run.purpose} of run ${run.repeats}`;
  const variant = run.variant === undefined ? "" : `, ${run.variant}`;
  const head = `${run.businessDate ?? "date unknown"} run ${run.runNumber}: ${run.phase}, ${what}${variant}`;
  const at = (time: string | undefined): string => (time === undefined ? "-" : times.day(Date.parse(time), zone));
  const facts: readonly (readonly [label: string, text: string])[] = [
    ["workflow", run.night],
    ["template", run.template],
    ["started", at(run.startedAt)],
    ["ended", `${at(run.finishedAt)} ${clock(took(run))}`],
    ["finish by", run.finishBy === undefined ? "-" : `${at(run.finishBy)}${run.late ? " LATE" : ""}`],
    [
      "parameters",
      Object.entries(run.parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
    ],
    ...run.images.map((image) => ["image", image] as const),
    ...(run.message === undefined ? [] : [["message", run.message] as const]),
    ...(run.comparison === undefined ? [] : [["compared", comparisonText(run.comparison)] as const]),
  ];
  const acts = run.acts.flatMap((act) => {
    const words = [act.verb, act.step].filter(Boolean).join(" ");
    return wrapped(oneLine(`${at(act.at)} ${act.by} ${words}: ${act.reason}`), "  ", columns);
  });
  return [
    line([["bold", head]], paint, columns),
    ...facts.flatMap(([label, text]) => labelled(label, text, columns)),
    ...(run.steps.length === 0
      ? []
      : [paint("bold", "  steps"), ...run.steps.flatMap((step) => stepLines(step, view))]),
    ...(acts.length === 0 ? [] : [paint("bold", "  decisions"), ...acts]),
  ].join("\n");
}

/** A fact with its label, over several lines where it is long. */
function labelled(label: string, text: string, columns: number | undefined): readonly string[] {
  const indent = " ".repeat(LABEL_COLUMNS + 1);
  const [first = indent, ...others] = wrapped(oneLine(text), indent, columns);
  return [`  ${padTo(label, LABEL_COLUMNS - 2)} ${first.slice(indent.length)}`.trimEnd(), ...others];
}

function stepLines(step: StepFacts, { paint, columns }: View): readonly string[] {
  const attempts = step.attempts.flatMap((attempt) => {
    const { startedAt, finishedAt, exitCode, remoteJob, results, message } = attempt;
    const duration = finishedAt === undefined ? "" : clock(secondsBetween(startedAt, finishedAt, 0));
    const parts = [
      attempt.number === 0 ? "taken over" : `attempt ${attempt.number}`,
      attempt.phase,
      duration,
      exitCode === undefined ? "" : `exit ${exitCode}`,
      remoteJob ?? "",
      results === undefined ? "" : `results ${results.sha256.slice(0, 12)}`,
      ...shownFigures(results?.figures),
      message ?? "",
    ];
    const text = parts.filter((part) => part !== "").map(oneLine);
    return wrapped(text.join("  "), "    ", columns).map((one) => paint("gray", one));
  });
  return [line([`  ${padTo(step.name, 20)} ${padTo(step.kind, 9)} ${step.state}`], paint, columns), ...attempts];
}

function took(run: RunFacts): number | undefined {
  return run.finishedAt === undefined ? undefined : secondsBetween(run.startedAt, run.finishedAt, 0);
}
