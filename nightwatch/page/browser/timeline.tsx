import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { RecordedAct } from "../../../runs/act.ts";
import type { PageAttempt, RunStep, RunView } from "../view/run-view.ts";
import { byMeaning, type Group, statesOf } from "./groups.ts";
import { markOf, toneOf } from "./step-tone.ts";
import { clock, dayAndClock, HOUR, length } from "./times.ts";
import { Axis, between, isOn, NowLine, placeOf, type Span } from "./track.tsx";

/** The night as a timeline: each step's attempts, its waits for people, and the forecast of the rest. */
export function Timeline({
  run,
  groups,
  now,
  selected,
  onSelect,
}: {
  readonly run: RunView;
  readonly groups: readonly Group[];
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}): JSX.Element {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const span = spanOfRun(run, now);
  const isRunning = run.finishedAt === undefined;
  const toggle = (name: string): void => {
    const next = new Set(open);
    if (!next.delete(name)) {
      next.add(name);
    }
    setOpen(next);
  };
  return (
    <>
      <p class="legend timeline-legend">
        ● the end of the night waits for it <span class="key bar wait" /> waited for a person{" "}
        <span class="yellow">◆</span> somebody acted <span class="key tick ends-at" /> expected end
      </p>
      <div class="chart timeline">
        <Axis span={span} now={isRunning ? now : span.from} />
        {isRunning && <NowLine span={span} now={now} />}
        {run.finishBy !== undefined && <FinishLine span={span} at={run.finishBy} late={run.late} />}
        <ul>
          {groups.flatMap(({ name, members, state }) => {
            const [only] = members;
            if (members.length === 1 && only !== undefined) {
              return [
                <StepRow key={name} {...{ run, step: only, span, now, onSelect }} selected={selected === name} />,
              ];
            }
            const isOpen = open.has(name);
            return [
              <li key={name} class={`row ${toneOf(state)}`}>
                <button type="button" class="line" aria-expanded={isOpen} onClick={() => toggle(name)}>
                  <span class="who">
                    <span class="mark" aria-hidden="true">
                      {isOpen ? "▾" : "▸"}
                    </span>
                    <bdi>{name}</bdi>
                  </span>
                  <span class="is">{statesOf(members)}</span>
                  <GroupTrack members={members} span={span} now={now} tone={toneOf(state)} />
                  <span class="ends" />
                </button>
              </li>,
              ...(isOpen
                ? byMeaning(members).map((step) => (
                    <StepRow
                      key={step.name}
                      {...{ run, step, span, now, onSelect }}
                      selected={selected === step.name}
                    />
                  ))
                : []),
            ];
          })}
        </ul>
      </div>
    </>
  );
}

function spanOfRun({ startedAt, finishedAt, finishBy, forecast }: RunView, now: number): Span {
  const from = startedAt ?? now;
  const to = Math.max(finishedAt ?? now, finishBy ?? from, forecast?.latest ?? from, from + HOUR);
  const part = to - from > 3 * HOUR ? HOUR : HOUR / 4;
  return { from: Math.floor(from / part) * part, to: Math.ceil(to / part) * part };
}

function FinishLine({
  span,
  at,
  late,
}: {
  readonly span: Span;
  readonly at: number;
  readonly late: boolean;
}): JSX.Element {
  return (
    <div class="now-layer" aria-hidden="true">
      <span class="track">
        <span class={`finish-line ${late ? "red" : ""}`} style={{ left: `${placeOf(span, at)}%` }} />
      </span>
    </div>
  );
}

interface StepRowProps {
  readonly run: RunView;
  readonly step: RunStep;
  readonly span: Span;
  readonly now: number;
  readonly selected: boolean;
  readonly onSelect: (name: string) => void;
}

function StepRow({ run, step, span, now, selected, onSelect }: StepRowProps): JSX.Element {
  const { name, state, attempts, critical } = step;
  const acts = run.acts.filter((act) => act.step === name);
  return (
    <li class={`row ${toneOf(state)} ${selected ? "selected" : ""}`}>
      <button type="button" class="line" aria-pressed={selected} onClick={() => onSelect(name)}>
        <span class="who">
          <span class="mark" aria-hidden="true">
            {markOf(state)}
          </span>
          <bdi>{name}</bdi>
          {critical === true && (
            <span class="path" title="the end of the night waits for it">
              ●<span class="unseen"> the end of the night waits for it</span>
            </span>
          )}
        </span>
        <span class="is">
          <strong>{state}</strong>
          {(attempts.length > 1 || step.further !== undefined) && <span class="how-far">{attemptText(step)}</span>}
          {step.trouble !== undefined && <span class="red">{step.trouble.text}</span>}
          {step.asked !== undefined && <span class="yellow">{step.asked} is asked for</span>}
        </span>
        <span class="track" aria-hidden="true">
          {waitsOf(step, now).map(([from, to]) => (
            <span key={from} class="bar wait" style={between(span, from, to)} />
          ))}
          {attempts.map((attempt) => (
            <AttemptBar key={attempt.number} attempt={attempt} span={span} now={now} gate={step.kind === "gate"} />
          ))}
          {step.expected !== undefined && (state === "running" || state === "waiting") && (
            <span
              class={`tick ends-at ${step.spare !== undefined && step.spare < 0 ? "red" : ""}`}
              style={{ left: `${placeOf(span, step.expected)}%` }}
            />
          )}
          {acts.map((act) => (
            <ActMark key={act.id} act={act} span={span} />
          ))}
        </span>
        <span class="ends">{endsOf(step, now)}</span>
      </button>
    </li>
  );
}

function AttemptBar({
  attempt: { phase, startedAt, finishedAt, number },
  span,
  now,
  gate,
}: {
  readonly attempt: PageAttempt;
  readonly span: Span;
  readonly now: number;
  readonly gate: boolean;
}): JSX.Element | null {
  if (startedAt === undefined) {
    return null;
  }
  const tone = phase === "Succeeded" ? "green" : phase === "Running" ? (gate ? "yellow" : "cyan") : "red";
  const end = finishedAt ?? now;
  return (
    <span
      class={`bar ${tone}`}
      style={between(span, startedAt, end)}
      title={`attempt ${number}: ${phase}, ${clock(startedAt)} to ${clock(end)}, ${length(end - startedAt)}`}
    />
  );
}

function ActMark({ act, span }: { readonly act: RecordedAct; readonly span: Span }): JSX.Element | null {
  const at = Date.parse(act.at);
  return isOn(span, at) ? (
    <span class="act-mark" style={{ left: `${placeOf(span, at)}%` }} title={`${act.verb} by ${act.by}: ${act.reason}`}>
      ◆
    </span>
  ) : null;
}

function GroupTrack({
  members,
  span,
  now,
  tone,
}: {
  readonly members: readonly RunStep[];
  readonly span: Span;
  readonly now: number;
  readonly tone: string;
}): JSX.Element {
  const attempts = members.flatMap((step) => step.attempts);
  const starts = attempts.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = attempts.map(({ finishedAt }) => finishedAt ?? now);
  return (
    <span class="track" aria-hidden="true">
      {starts.length > 0 && (
        <span class={`bar ${tone}`} style={between(span, Math.min(...starts), Math.max(...ends))} />
      )}
    </span>
  );
}

/** When a step waited for a person: between an attempt that failed and the next one, or while it is held, until now. */
function waitsOf({ attempts, state, waitingSince }: RunStep, now: number): readonly (readonly [number, number])[] {
  const between = attempts.flatMap(({ finishedAt, phase }, index) => {
    const next = attempts[index + 1]?.startedAt;
    return finishedAt === undefined || phase === "Succeeded" || next === undefined ? [] : [[finishedAt, next] as const];
  });
  const waits = waitingSince !== undefined && (state === "held" || state === "deciding");
  return waits ? [...between, [waitingSince, now] as const] : between;
}

/** Which attempt it is at; of one that comes by itself, when. */
export function attemptText({ attempts, further }: Pick<RunStep, "attempts" | "further">): string {
  if (further === undefined) {
    return `attempt ${attempts.at(-1)?.number ?? 1}`;
  }
  const { attempt, of, at } = further;
  return `attempt ${attempt} of ${of}${at === undefined ? "" : ` at ${clock(at)}`}`;
}

function endsOf({ state, attempts, expected, spare, waitingSince }: RunStep, now: number): JSX.Element {
  const first = attempts[0]?.startedAt;
  const last = attempts.at(-1)?.finishedAt;
  if (waitingSince !== undefined) {
    return (
      <>
        <b>{length(now - waitingSince)}</b> waits since {clock(waitingSince)}
      </>
    );
  }
  if (state === "running" || state === "waiting") {
    return expected === undefined ? (
      <span>{first === undefined ? "" : `since ${clock(first)}`}</span>
    ) : (
      <>
        <b>{clock(expected)}</b>
        {spare === undefined ? "" : `, ${length(spare)} ${spare < 0 ? "over" : "spare"}`}
      </>
    );
  }
  return first === undefined || last === undefined ? (
    <span />
  ) : (
    <span title={dayAndClock(last)}>{length(last - first)}</span>
  );
}
