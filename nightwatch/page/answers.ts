import { currentNight } from "../../runs/due-nights.ts";
import { isSameSeries, NIGHTLY, type NightSeries } from "../../runs/night-series.ts";
import { isOver } from "../../runs/phases.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Nightwatch } from "../nightwatch.ts";
import { historyView, runView } from "./view/run-views.ts";

/** An answer about one customer; undefined if there is none. */
export type Answer = (customer: string, query: URLSearchParams) => Promise<object | undefined>;

/** Answers by path. */
export type Answers = Readonly<Record<string, Answer>>;

/** What the page reads from nightwatch. */
export type PageSource = Pick<Nightwatch, "seen" | "runsOf">;

/** Answers about one customer, by path. */
export function pageAnswers(source: PageSource): Answers {
  const run: Answer = async (customer, query) => {
    const series = seriesIn(customer, query);
    const lane = source.seen().lanes.find((one) => isSameSeries(one, series));
    const name = query.get("night") ?? (lane === undefined ? undefined : currentNight(lane.nights)?.run?.night);
    if (lane === undefined || name === undefined) {
      return undefined;
    }
    const known = lane.runs.find(({ facts }) => facts.night === name)?.facts;
    // Little is kept in memory of a finished run; the record has the rest.
    const facts = known === undefined || isOver(known) ? await recorded(source, customer, name) : known;
    const found = facts ?? known;
    return found === undefined ? undefined : runView(lane, found);
  };
  const history: Answer = async (customer, query) => {
    const series = seriesIn(customer, query);
    const runs = await runsOf(source, customer);
    return historyView(
      series,
      runs.filter((run) => isSameSeries(run, series)),
    );
  };
  return { "/run": run, "/history": history };
}

/** Which of a customer's nights are asked about. */
function seriesIn(customer: string, query: URLSearchParams): NightSeries {
  return { customer, pipeline: query.get("pipeline") ?? NIGHTLY };
}

async function recorded(source: PageSource, customer: string, night: string): Promise<RunFacts | undefined> {
  return (await runsOf(source, customer)).find((facts) => facts.night === night);
}

/** The right to see one customer never shows another, whatever the store returns. */
async function runsOf(source: PageSource, customer: string): Promise<readonly RunFacts[]> {
  return (await source.runsOf(customer)).filter((facts) => facts.customer === customer);
}
