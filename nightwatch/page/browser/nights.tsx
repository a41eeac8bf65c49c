import { Component, type JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type NightSeries, seriesName } from "../../../runs/night-series.ts";
import type { NightLine } from "../view/night-line.ts";
import { clock, HOUR, length, withClocks, zoneName } from "./times.ts";
import { Axis, NowLine, type Span, spanOf, Track } from "./track.tsx";
import { byUrgency, MARKS, PARTS, type Part, partOf, urgency } from "./urgency-view.ts";

/** With more nights than this, those that need nobody are folded. */
const MOST_OPEN = 60;

/** All customers on one time axis, the worst first. */
export function Nights({
  lines,
  now,
}: {
  readonly lines: ReadonlyMap<string, NightLine>;
  readonly now: number;
}): JSX.Element {
  const [wanted, setWanted] = useState("");
  // What changes with time alone is redrawn each minute: of a thousand rows most stay as they are.
  const minute = Math.floor(now / 60_000) * 60_000;
  const all = useMemo(() => [...lines.values()].sort(byUrgency), [lines]);
  const span = useMemo(() => spanOf(all, minute), [all, minute]);
  const shown = wanted === "" ? all : all.filter((line) => seriesName(line).includes(wanted.toLowerCase()));
  const parts = new Map<Part, NightLine[]>(PARTS.map((part) => [part, []]));
  for (const line of shown) {
    parts.get(partOf(urgency(line)))?.push(line);
  }
  return (
    <section aria-label="Nights of all customers" class="nights">
      <div class="tools">
        <input
          id="filter"
          type="search"
          placeholder="Customer  ( / )"
          aria-label="Show only customers whose name contains"
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
        <p class="legend">
          <span class="key bar cyan" /> runs <span class="key expected" /> expected <span class="key range" /> 8 of 10
          cases <span class="key tick finish" /> finish by <span class="key tick inputs" /> inputs by · clocks of{" "}
          {zoneName()}
        </p>
      </div>
      {all.length === 0 ? (
        <p class="empty">There is no customer that you may see, or none has a night yet.</p>
      ) : (
        <div class="chart">
          <Axis span={span} now={minute} />
          <NowLine span={span} now={minute} />
          {PARTS.map((part) => (
            <PartOfList
              key={part}
              part={part}
              lines={parts.get(part) ?? []}
              folded={shown.length > MOST_OPEN && (part === "Done" || part === "To come" || part === "Goes on")}
              span={span}
              now={minute}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function PartOfList({
  part,
  lines,
  folded,
  span,
  now,
}: {
  readonly part: Part;
  readonly lines: readonly NightLine[];
  readonly folded: boolean;
  readonly span: Span;
  readonly now: number;
}): JSX.Element | null {
  const [open, setOpen] = useState<boolean | undefined>(undefined);
  const isOpen = open ?? !folded;
  if (lines.length === 0) {
    return null;
  }
  return (
    <div class="part">
      <h2>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span class="fold" aria-hidden="true">
            {isOpen ? "▾" : "▸"}
          </span>{" "}
          {part} <span class="count">{lines.length}</span>
        </button>
      </h2>
      {isOpen && (
        <ul>
          {lines.map((line) => (
            <Row key={line.key} line={line} span={span} now={now} />
          ))}
        </ul>
      )}
    </div>
  );
}

interface RowProps {
  readonly line: NightLine;
  readonly span: Span;
  readonly now: number;
}

/** One night: the whole row leads to it. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: Readonly<RowProps>): boolean {
    const { line, span, now } = this.props;
    return next.line !== line || next.now !== now || next.span.from !== span.from || next.span.to !== span.to;
  }

  override render(): JSX.Element {
    const { line, span, now } = this.props;
    const is = urgency(line);
    const why = whyOf(line);
    const isLoud = is.tone === "red" || is.tone === "yellow";
    return (
      <li class={`row ${is.tone}`}>
        <a href={runAddress(line)}>
          <span class="who">
            <span class="mark" aria-hidden="true">
              {MARKS[is.tone]}
            </span>
            <bdi>{seriesName(line)}</bdi>
          </span>
          <span class="is">
            <strong>{is.name}</strong>
            <span class="how-far">{howFar(line)}</span>
          </span>
          <Track line={line} span={span} now={now} tone={is.tone} />
          <span class="ends">{ends(line, now)}</span>
          {isLoud && why !== undefined && (
            <span class="why">
              <bdi>{why}</bdi>
            </span>
          )}
        </a>
      </li>
    );
  }
}

/** Why a person is called, or which act is holding the night up. */
function whyOf({ calls: [call], acts }: NightLine): string | undefined {
  const act = acts.findLast(({ verb }) => verb === "hold" || verb === "pause");
  const said = act === undefined ? undefined : `${act.verb} by ${act.by}: ${act.reason}`;
  return call === undefined ? said : withClocks(call.reason);
}

/** Address of the view of a night's run. */
export function runAddress({ night, ...series }: NightSeries & Pick<NightLine, "night">): string {
  return `#/run/${encodeURIComponent(seriesName(series))}${night === undefined ? "" : `/${encodeURIComponent(night)}`}`;
}

/** What it is doing, in a few words. */
export function howFar({ steps, active, standing, date }: NightLine): string {
  const [first] = active;
  const more = active.length > 1 ? ` +${active.length - 1}` : "";
  const at = first === undefined ? "" : ` ${first.step}${more}`;
  if (standing === "running") {
    return steps === undefined ? "starting" : `${steps.passed}/${steps.total}${at}`;
  }
  return date ?? "";
}

/** When it ends, compared with its deadline. */
export function ends(
  { finishedAt, finishBy, forecast, start, startedAt, standing }: NightLine,
  now: number,
): JSX.Element {
  const by = finishBy === undefined ? "" : ` by ${clock(finishBy)}`;
  if (finishedAt !== undefined) {
    return (
      <>
        <b>{clock(finishedAt)}</b> ended{finishBy === undefined ? "" : `, due ${clock(finishBy)}`}
      </>
    );
  }
  if (startedAt === undefined || standing === "upcoming") {
    return start === undefined ? (
      <>–</>
    ) : (
      <>
        <b>{clock(start)}</b> {start > now ? `starts in ${length(start - now)}` : "should have started"}
      </>
    );
  }
  const expected = forecast?.expected;
  if (finishBy !== undefined && now > finishBy) {
    return (
      <>
        <b>{length(now - finishBy)} late</b>
        {expected === undefined ? `, due ${clock(finishBy)}` : `, ends ${clock(expected)}`}
      </>
    );
  }
  if (expected === undefined) {
    return <>{finishBy === undefined ? "no end promised" : `${by.trim()}, ${length(finishBy - now)} left`}</>;
  }
  return (
    <>
      <b>{clock(expected)}</b>
      {by}
      {finishBy === undefined ? "" : spare(finishBy - expected)}
    </>
  );
}

function spare(milliseconds: number): string {
  if (Math.abs(milliseconds) > 24 * HOUR) {
    return "";
  }
  return milliseconds < 0 ? `, ${length(milliseconds)} over` : `, ${length(milliseconds)} spare`;
}
