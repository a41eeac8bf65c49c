import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { shownFigures } from "../../../runs/figures.ts";
import { seriesOf } from "../../../runs/night-series.ts";
import { UNRESOLVED } from "../../../runs/phases.ts";
import type { HistoryView, PastRun, PastStep } from "../view/run-view.ts";
import { FiguresOfNights } from "./figures.tsx";
import { runAddress } from "./nights.tsx";
import type { Source } from "./source.ts";
import { markOf, toneOf } from "./step-tone.ts";
import { clock, length } from "./times.ts";
import { useAnswer } from "./use-answer.ts";

/** Steps that take this many times their usual duration are marked. */
const LONG = 1.3;
/** With more steps than this only unusual ones are shown. */
const MOST_ROWS = 60;

/** The last nights of a customer side by side: the duration of each step, and whether its results changed. */
export function Past({
  source,
  nights,
  version,
}: {
  readonly source: Source;
  /** Their name, as people type it. */
  readonly nights: string;
  readonly version: string;
}): JSX.Element {
  const history = useAnswer<HistoryView>(source, "history", { ...seriesOf(nights) }, version);
  return (
    <article class="past">
      <div class="run-head">
        <h2>
          <bdi>{nights}</bdi> <span class="quiet">last 30 nights</span>
        </h2>
        <p class="facts">
          <a href={runAddress(seriesOf(nights))}>Tonight</a>
          <span class="quiet">
            minutes of each step · <span class="yellow">longer than usual</span> ·{" "}
            <span class="red">failed, or late</span> · ² attempts · = results of the night before
          </span>
        </p>
      </div>
      {history === undefined && <p class="loading">…</p>}
      {history === null && <p class="empty">Nothing is known of this customer, or you may not see it.</p>}
      {history?.runs.length === 0 && <p class="empty">No night is recorded.</p>}
      {history && history.runs.length > 0 && (
        <>
          <Grid history={history} />
          <FiguresOfNights runs={history.runs} />
        </>
      )}
    </article>
  );
}

function Grid({ history }: { readonly history: HistoryView }): JSX.Element {
  const { runs } = history;
  const names = useMemo(() => stepNames(history.runs), [history]);
  const usual = useMemo(() => new Map(names.map((name) => [name, usualSeconds(runs, name)])), [names, runs]);
  const shown =
    names.length <= MOST_ROWS
      ? names
      : names.filter((name) => runs.some((run) => isOdd(stepOf(run, name), usual.get(name)))).slice(0, MOST_ROWS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="scroll" aria-label="Grid of nights" tabIndex={0}>
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">Business date</th>
            {runs.map((run) => (
              <th key={run.night} scope="col">
                <a href={runAddress({ ...history, night: run.night })} aria-label={nameOf(run)}>
                  {run.date?.slice(5) ?? "?"}
                  {run.runNumber > 1 ? <sup>r{run.runNumber}</sup> : ""}
                </a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="total">
            <th scope="row">Ended</th>
            {runs.map((run) => (
              <td key={run.night} class={toneOfRun(run)} title={totalTitle(run)}>
                {run.finishedAt === undefined ? "▶" : run.phase === "Succeeded" ? clock(run.finishedAt) : "▲"}
              </td>
            ))}
          </tr>
          {shown.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {runs.map((run, index) => (
                <Cell
                  key={run.night}
                  step={stepOf(run, name)}
                  before={stepOf(runs[index + 1], name)}
                  usual={usual.get(name)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < names.length && (
        <p class="quiet">
          {names.length - shown.length} steps more, of which none differs from what is usual, or not among the first{" "}
          {MOST_ROWS}
        </p>
      )}
    </section>
  );
}

function Cell({
  step,
  before,
  usual,
}: {
  readonly step: PastStep | undefined;
  readonly before: PastStep | undefined;
  readonly usual: number | undefined;
}): JSX.Element {
  if (step === undefined) {
    return <td />;
  }
  const { seconds, state, attempts, sha256, figures } = step;
  const same = sha256 !== undefined && sha256 === before?.sha256;
  const tone = toneOf(state) === "red" ? "red" : isOdd(step, usual) ? "yellow" : "";
  return (
    <td
      class={tone}
      title={`${state}${seconds === undefined ? "" : `, ${length(seconds * 1000)}`}\n${[...shownFigures(figures), sha256 ?? ""].join("\n")}`}
    >
      {seconds === undefined || toneOf(state) === "red" ? markOf(state) : minutes(seconds)}
      {attempts > 1 && <sup>{attempts}</sup>}
      {same && (
        <span class="same">
          =<span class="unseen">results of the night before</span>
        </span>
      )}
    </td>
  );
}

function minutes(seconds: number): string {
  return seconds < 60 ? "<1" : String(Math.round(seconds / 60));
}

function stepOf(run: PastRun | undefined, name: string): PastStep | undefined {
  return run?.steps.find((step) => step.name === name);
}

/** In the order of the newest night; steps that only older ones have come last. */
function stepNames(runs: readonly PastRun[]): readonly string[] {
  return [...new Set(runs.flatMap(({ steps }) => steps.map(({ name }) => name)))];
}

function usualSeconds(runs: readonly PastRun[], name: string): number | undefined {
  const lengths = runs
    .flatMap((run) => {
      const step = stepOf(run, name);
      return step?.state === "succeeded" && step.seconds !== undefined ? [step.seconds] : [];
    })
    .sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)];
}

function isOdd(step: PastStep | undefined, usual: number | undefined): boolean {
  return (
    step !== undefined &&
    (toneOf(step.state) === "red" ||
      step.attempts > 1 ||
      (usual !== undefined && step.seconds !== undefined && step.seconds > 60 && step.seconds > LONG * usual))
  );
}

function toneOfRun({ phase, late }: PastRun): string {
  return late || UNRESOLVED.some((one) => one === phase) ? "red" : "";
}

function totalTitle({ phase, startedAt, finishedAt, finishBy, acts }: PastRun): string {
  return [
    phase.toLowerCase(),
    ...(startedAt === undefined || finishedAt === undefined ? [] : [`took ${length(finishedAt - startedAt)}`]),
    ...(finishBy === undefined ? [] : [`due ${clock(finishBy)}`]),
    ...(acts === 0 ? [] : [`${acts} acts`]),
  ].join(", ");
}

function nameOf({ date, runNumber }: PastRun): string {
  return `${date ?? "without a date"}, run ${runNumber}`;
}
