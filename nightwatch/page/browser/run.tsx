import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { seriesOf } from "../../../runs/night-series.ts";
import type { NightLine } from "../view/night-line.ts";
import type { RunView } from "../view/run-view.ts";
import { Command } from "./command.tsx";
import { Dag } from "./dag.tsx";
import { groupsOf } from "./groups.ts";
import { ends } from "./nights.tsx";
import type { Source } from "./source.ts";
import { Acts, GroupPanel, StepPanel } from "./step-panel.tsx";
import { Timeline } from "./timeline.tsx";
import { clock, dayAndClock, length, withClocks } from "./times.ts";
import { MARKS, urgency } from "./urgency-view.ts";
import { useAnswer } from "./use-answer.ts";

/** One run of a customer: its state, as a graph, as a timeline, step by step, and what people did. */
export function Run({
  source,
  nights,
  night,
  line,
  now,
}: {
  readonly source: Source;
  /** Name of the nights that it belongs to, as people type it. */
  readonly nights: string;
  readonly night: string | undefined;
  /** Its line among all nights, where it is among them. */
  readonly line: NightLine | undefined;
  readonly now: number;
}): JSX.Element {
  const wanted = night ?? line?.night;
  const { customer, ...further } = seriesOf(nights);
  const run = useAnswer<RunView>(
    source,
    "run",
    wanted === undefined ? { customer, ...further } : { customer, ...further, night: wanted },
    line?.version ?? "",
  );
  return (
    <article class="run">
      <RunHead nights={nights} line={line} run={run} now={now} />
      {run === undefined &&
        (wanted === undefined ? <p class="empty">It has not started.</p> : <p class="loading">…</p>)}
      {run === null && <p class="empty">Nothing is known of this run: it is too old, or you may not see it.</p>}
      {run && <Steps run={run} now={now} />}
    </article>
  );
}

function RunHead({
  nights,
  line,
  run,
  now,
}: {
  readonly nights: string;
  readonly line: NightLine | undefined;
  readonly run: RunView | null | undefined;
  readonly now: number;
}): JSX.Element {
  const is = line === undefined ? undefined : urgency(line);
  return (
    <div class="run-head">
      <h2>
        <bdi>{nights}</bdi> <span class="quiet">{line?.date ?? run?.date ?? ""}</span>{" "}
        {is === undefined ? (
          <span class="quiet">{run?.phase.toLowerCase()}</span>
        ) : (
          <strong class={is.tone}>
            {MARKS[is.tone]} {is.name}
          </strong>
        )}
      </h2>
      <p class="facts">
        {line !== undefined && <span>{ends(line, now)}</span>}
        {run && (
          <span class="quiet">
            run {run.runNumber} ({run.purpose})
            {run.startedAt === undefined ? "" : `, started ${dayAndClock(run.startedAt)}`}
            {run.finishedAt === undefined || run.startedAt === undefined
              ? ""
              : `, ended ${clock(run.finishedAt)} after ${length(run.finishedAt - run.startedAt)}`}
            {run.dayReason === undefined ? "" : `, ${run.dayReason}`}
          </span>
        )}
        <a href={`#/past/${encodeURIComponent(nights)}`}>Last 30 nights</a>
      </p>
      {line?.calls.map(({ kind, step, reason, command, since }) => (
        <div key={`${kind} ${step}`} class="call">
          <p>
            <b class="red">{clock(Date.parse(since))}</b> <bdi>{withClocks(reason)}</bdi>
          </p>
          <Command command={command} />
        </div>
      ))}
      {run?.message !== undefined && run !== null && (
        <p class="quiet">
          <bdi>{run.message}</bdi>
        </p>
      )}
      {run?.problems.map((problem) => (
        <p key={problem} class="yellow">
          <bdi>{problem}</bdi>
        </p>
      ))}
    </div>
  );
}

function Steps({ run, now }: { readonly run: RunView; readonly now: number }): JSX.Element {
  const groups = useMemo(() => groupsOf(run.steps), [run]);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  // At first a step that needs a person, or one that runs.
  const selected =
    chosen ??
    (["deciding", "confirming", "held", "failed", "retrying", "running"] as const)
      .map((state) => run.steps.find((step) => step.state === state)?.name)
      .find((name) => name !== undefined);
  const step = run.steps.find(({ name }) => name === selected);
  const group = groups.find(({ name, members }) => name === selected && members.length > 1);
  const boxOf = groups.find(({ members }) => members.some(({ name }) => name === selected))?.name;
  return (
    <>
      {step !== undefined && <StepPanel run={run} step={step} now={now} />}
      {group !== undefined && <GroupPanel group={group} onSelect={setChosen} />}
      <Timeline run={run} groups={groups} now={now} selected={selected} onSelect={setChosen} />
      <Dag groups={groups} selected={boxOf ?? selected} onSelect={setChosen} />
      {run.acts.length > 0 && (
        <section aria-label="What people did" class="panel">
          <h3>What people did</h3>
          <Acts acts={run.acts} />
        </section>
      )}
    </>
  );
}
