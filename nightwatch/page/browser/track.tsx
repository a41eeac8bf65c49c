import type { JSX } from "preact";
import type { NightLine } from "../view/night-line.ts";
import { clock, HOUR } from "./times.ts";
import type { Tone } from "./urgency-view.ts";

/** What the common time axis spans, milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Instants further away than this are not on the axis: they would compress the night. */
const REACH = 14 * HOUR;
const LEAST = 2 * HOUR;

/** The span of all nights around now, in whole hours so that it seldom changes. */
export function spanOf(lines: readonly NightLine[], now: number): Span {
  let from = now - LEAST;
  let to = now + LEAST;
  for (const { startedAt, start = now, finishedAt = now, finishBy = now, forecast } of lines) {
    if (finishedAt > now - REACH) {
      from = Math.min(from, startedAt ?? start);
      to = Math.max(to, finishBy, forecast?.latest ?? now);
    }
  }
  return {
    from: Math.floor(Math.max(from, now - REACH) / HOUR) * HOUR,
    to: Math.ceil(Math.min(to, now + REACH) / HOUR) * HOUR,
  };
}

/** Place of an instant on the axis, percent, clamped to its ends. */
export function placeOf({ from, to }: Span, at: number): number {
  return Math.max(0, Math.min(100, (100 * (at - from)) / (to - from)));
}

export function isOn({ from, to }: Span, at: number | undefined): at is number {
  return at !== undefined && at >= from && at <= to;
}

export function between(span: Span, from: number, to: number): { readonly left: string; readonly width: string } {
  const left = placeOf(span, from);
  return { left: `${left}%`, width: `${Math.max(0, placeOf(span, to) - left)}%` };
}

function at(span: Span, instant: number): { readonly left: string } {
  return { left: `${placeOf(span, instant)}%` };
}

/** As a clock's place, which stays whole at both ends. */
function label(span: Span, instant: number): { readonly left: string } {
  return { left: `clamp(1.2rem, ${placeOf(span, instant)}%, calc(100% - 1.2rem))` };
}

/** One night on the common axis. The row's text says the same. */
export function Track({
  line,
  span,
  now,
  tone,
}: {
  readonly line: NightLine;
  readonly span: Span;
  readonly now: number;
  readonly tone: Tone;
}): JSX.Element {
  const { startedAt, finishedAt, forecast, finishBy, inputsBy, start } = line;
  const end = finishedAt ?? now;
  const shown = startedAt !== undefined && end > span.from;
  const misses = line.late === true || forecast?.willMiss === true;
  return (
    <span class="track" aria-hidden="true">
      {shown && <span class={`bar ${tone}`} style={between(span, startedAt, end)} />}
      {forecast?.earliest !== undefined && forecast.latest !== undefined && (
        <span class="range" style={between(span, Math.max(forecast.earliest, now), forecast.latest)} />
      )}
      {forecast?.expected !== undefined && (
        <span class={`expected ${misses ? "red" : ""}`} style={between(span, now, forecast.expected)} />
      )}
      {startedAt === undefined && isOn(span, start) && <span class="tick start" style={at(span, start)} />}
      {finishedAt === undefined && isOn(span, inputsBy) && (
        <span
          class={`tick inputs ${line.inputsDone === false && inputsBy < now ? "red" : ""}`}
          style={at(span, inputsBy)}
        />
      )}
      {isOn(span, finishBy) && <span class={`tick finish ${misses ? "red" : ""}`} style={at(span, finishBy)} />}
    </span>
  );
}

/** The hours above all tracks, and a line for now through all of them. */
export function Axis({ span, now }: { readonly span: Span; readonly now: number }): JSX.Element {
  const hours = Math.round((span.to - span.from) / HOUR);
  const every = Math.max(1, Math.ceil(hours / 8));
  const marks = Array.from({ length: Math.floor(hours / every) + 1 }, (_, index) => span.from + index * every * HOUR);
  return (
    <div class="axis" aria-hidden="true">
      <span class="track">
        {marks.map((mark) => (
          <span
            key={mark}
            class={`hour ${Math.abs(mark - now) < (every * HOUR) / 2 ? "near" : ""}`}
            style={label(span, mark)}
          >
            {clock(mark)}
          </span>
        ))}
        <span class="now-clock" style={label(span, now)}>
          {clock(now)}
        </span>
      </span>
    </div>
  );
}

export function NowLine({ span, now }: { readonly span: Span; readonly now: number }): JSX.Element {
  return (
    <div class="now-layer" aria-hidden="true">
      <span class="track">
        <span class="now-line" style={at(span, now)} />
      </span>
    </div>
  );
}
