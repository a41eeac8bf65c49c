import type { ComponentChildren, JSX } from "preact";
import { seriesName } from "../../../runs/night-series.ts";
import type { NightLine } from "../view/night-line.ts";
import { Command } from "./command.tsx";
import { ends, howFar, runAddress } from "./nights.tsx";
import { clock, dayAndClock, HOUR, length, withClocks } from "./times.ts";
import { byUrgency, urgency } from "./urgency-view.ts";

/** Length of a shift: the handover covers what was done in the last one and what begins in the next. */
const SHIFT = 12 * HOUR;

/** The handover to the next shift: what is open, what is running, what was done and why, and what is next. */
export function Handover({
  lines,
  now,
}: {
  readonly lines: ReadonlyMap<string, NightLine>;
  readonly now: number;
}): JSX.Element {
  const all = [...lines.values()].sort(byUrgency);
  const open = all.flatMap((line) => line.calls.map((call) => ({ line, call })));
  const running = all.filter(({ standing }) => standing === "running");
  const badly = all.filter(
    (line) =>
      line.standing === "failed" || line.standing === "missed" || (line.late === true && line.finishedAt !== undefined),
  );
  const acts = all
    .flatMap((line) => line.acts.map((act) => ({ line, act })))
    .filter(({ act }) => now - Date.parse(act.at) < SHIFT)
    .sort((a, b) => a.act.at.localeCompare(b.act.at));
  const next = all
    .flatMap((line) => {
      const { key, start, startedAt, next: following } = line;
      const begins = startedAt === undefined && start !== undefined && start > now ? start : following;
      return begins === undefined || begins - now > SHIFT ? [] : [{ key, nights: seriesName(line), begins }];
    })
    .sort((a, b) => a.begins - b.begins);
  const done = all.filter(({ standing }) => standing === "succeeded").length;
  return (
    <article class="handover">
      <div class="run-head">
        <h2>Handover at {dayAndClock(now)}</h2>
        <p class="quiet">
          {all.length} nights: {open.length} things are open, {running.length} run, {done} are done.
        </p>
      </div>
      <Part title="Open" none="Nobody is needed for anything.">
        {open.map(({ line, call }) => (
          <li key={`${line.key} ${call.kind} ${call.step}`}>
            <a href={runAddress(line)}>
              <bdi>{seriesName(line)}</bdi>
            </a>{" "}
            <span class={call.severity === "critical" ? "red" : "yellow"}>
              {call.severity === "critical" ? "▲ now" : "◆ can wait"}
            </span>{" "}
            since {dayAndClock(Date.parse(call.since))}: <bdi>{withClocks(call.reason)}</bdi>
            <Command command={call.command} />
          </li>
        ))}
      </Part>
      <Part title="What people did" none="Nobody did anything in the last 12 hours.">
        {acts.map(({ line, act }) => (
          <li key={`${line.key} ${act.id}`}>
            <time dateTime={act.at}>{clock(Date.parse(act.at))}</time> <bdi>{act.by}</bdi>: <b>{act.verb}</b>{" "}
            <a href={runAddress(line)}>
              <bdi>{seriesName(line)}</bdi>
            </a>{" "}
            {act.step ?? ""} – <bdi>{act.reason}</bdi>
          </li>
        ))}
      </Part>
      <Part title="Goes on" none="No night runs.">
        {running.map((line) => (
          <li key={line.key}>
            <a href={runAddress(line)}>
              <bdi>{seriesName(line)}</bdi>
            </a>{" "}
            <span class={urgency(line).tone}>{urgency(line).name}</span> {howFar(line)} – {ends(line, now)}
          </li>
        ))}
      </Part>
      <Part title="Ended badly or late, or never started" none="None.">
        {badly.map((line) => (
          <li key={line.key}>
            <a href={runAddress(line)}>
              <bdi>{seriesName(line)}</bdi>
            </a>{" "}
            {line.date}: <span class={urgency(line).tone}>{urgency(line).name}</span>
            {line.finishedAt !== undefined && line.finishBy !== undefined && line.finishedAt > line.finishBy
              ? `, ${length(line.finishedAt - line.finishBy)} after its time`
              : ""}
          </li>
        ))}
      </Part>
      <Part title="Begins in the next 12 hours" none="None.">
        {next.map(({ key, nights, begins }) => (
          <li key={key}>
            {clock(begins)} <bdi>{nights}</bdi>
          </li>
        ))}
      </Part>
    </article>
  );
}

function Part({
  title,
  none,
  children,
}: {
  readonly title: string;
  readonly none: string;
  readonly children: readonly ComponentChildren[];
}): JSX.Element {
  return (
    <section class="panel" aria-label={title}>
      <h3>
        {title} <span class="count">{children.length}</span>
      </h3>
      {children.length === 0 ? <p class="quiet">{none}</p> : <ul>{children}</ul>}
    </section>
  );
}
