import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { type FigureFacts, figureJump } from "../../../runs/figures.ts";
import type { PastRun } from "../view/run-view.ts";

/** One figure of one step, night by night. */
interface FigureSeries {
  readonly step: string;
  readonly name: string;
  /** Oldest first. */
  readonly points: readonly { readonly date: string; readonly figure: FigureFacts }[];
}

/** The figures of the last nights: newest value, its jump, and a chart of the nights. */
export function FiguresOfNights({ runs }: { readonly runs: readonly PastRun[] }): JSX.Element | null {
  const all = useMemo(() => seriesOf(runs), [runs]);
  return all.length === 0 ? null : (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section class="scroll" aria-label="Figures" tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Step</th>
            <th scope="col">Business date</th>
            <th scope="col">Value</th>
            <th scope="col">Jump</th>
            <th scope="col">Last nights</th>
          </tr>
        </thead>
        <tbody>
          {all.map((series) => (
            <Row key={`${series.step} ${series.name}`} series={series} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ series: { step, name, points } }: { readonly series: FigureSeries }): JSX.Element | null {
  const last = points.at(-1);
  return last === undefined ? null : (
    <tr>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <td>{step}</td>
      <td>{last.date}</td>
      <td class="number">{last.figure.value}</td>
      <td>{figureJump(last.figure) ?? "the first"}</td>
      <td>
        <Course points={points} />
      </td>
    </tr>
  );
}

const WIDTH = 240;
const HEIGHT = 28;
const MARGIN = 3;

/** The values as a line from the oldest night to the newest; each date and value is under the pointer. */
function Course({ points }: Pick<FigureSeries, "points">): JSX.Element {
  const values = points.map(({ figure }) => Number(figure.value));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const place = (value: number, index: number): readonly [number, number] => [
    MARGIN + (index * (WIDTH - 2 * MARGIN)) / Math.max(1, values.length - 1),
    high === low ? HEIGHT / 2 : HEIGHT - MARGIN - ((value - low) * (HEIGHT - 2 * MARGIN)) / (high - low),
  ];
  const places = values.map(place);
  const [first, last] = [points[0], points.at(-1)];
  const label = `${points.length} nights from ${first?.date} to ${last?.date}: lowest ${low}, highest ${high}`;
  return (
    <svg class="course" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <polyline points={places.map((at) => at.join(",")).join(" ")} />
      {places.map(([x, y], index) => (
        <circle key={points[index]?.date} cx={x} cy={y} r={index === places.length - 1 ? 3 : 1.5}>
          <title>{`${points[index]?.date}: ${points[index]?.figure.value}`}</title>
        </circle>
      ))}
    </svg>
  );
}

/** The last run of a date counts, for instance after a replay. @param runs Newest first. */
function seriesOf(runs: readonly PastRun[]): readonly FigureSeries[] {
  const found = new Map<string, { step: string; name: string; byDate: Map<string, FigureFacts> }>();
  for (const { date, steps } of runs) {
    if (date === undefined) {
      continue;
    }
    for (const { name: step, figures = {} } of steps) {
      for (const [name, figure] of Object.entries(figures)) {
        const key = `${step} ${name}`;
        const series = found.get(key) ?? { step, name, byDate: new Map<string, FigureFacts>() };
        found.set(key, series);
        series.byDate.set(date, series.byDate.get(date) ?? figure);
      }
    }
  }
  return [...found.values()].map(({ step, name, byDate }) => ({
    step,
    name,
    points: [...byDate].map(([date, figure]) => ({ date, figure })).sort((a, b) => (a.date < b.date ? -1 : 1)),
  }));
}
