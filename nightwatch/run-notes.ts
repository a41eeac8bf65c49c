import type { RecordedAct } from "../runs/act.ts";
import { forecastFacts, hasMoved } from "../runs/forecast/forecast-facts.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { Lane } from "./lane.ts";
import { keyOnRecord, notifiedKey } from "./notify/notified.ts";
import { missedFacts, missedUid } from "./records/missed-night.ts";
import type { RecordStore } from "./records/record-store.ts";
import type { RecordWriter } from "./records/record-writer.ts";
import type { RunBook } from "./run-book.ts";
import type { RunForecast } from "./run-forecast.ts";
import type { Signal } from "./signals/signal.ts";

/** Where notes on runs are kept. */
interface RunNotesParts {
  readonly book: RunBook;
  readonly writer: RecordWriter;
  readonly store: Pick<RecordStore, "noteLater">;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Notes on runs that do not come from their workflows: each is kept in memory and on the run's record. */
export class RunNotes {
  constructor(private readonly parts: RunNotesParts) {}

  /** Notes an act on the record of a run that has no workflow. */
  async noteAct(run: RunFacts, act: RecordedAct): Promise<void> {
    const withAct = (facts: RunFacts): RunFacts => ({
      ...facts,
      acts: [...facts.acts.filter(({ id }) => id !== act.id), act],
    });
    const { store, book, writer } = this.parts;
    await store.noteLater(withAct(run));
    const known = book.watchedOf(run.customer, this.parts.clock()).find(({ facts }) => facts.uid === run.uid);
    const noted = withAct(known?.facts ?? run);
    book.amend(noted);
    // What is still to be written of the run is from before the act.
    writer.noteLater(noted);
  }

  /** Notes forecasts that have moved. */
  noteForecasts(forecasts: readonly RunForecast[]): void {
    for (const { facts, forecast, missSince } of forecasts) {
      const noted = forecastFacts(forecast, missSince !== undefined);
      if (hasMoved(facts.forecast, noted)) {
        this.note({ ...facts, forecast: noted });
      }
    }
  }

  /** Records the nights of a lane that never started, and so have no workflow. */
  noteNeverStarted(lane: Lane, now: number): void {
    const known = new Set(lane.runs.map(({ facts }) => facts.uid));
    for (const night of lane.nights) {
      const facts = missedFacts(lane, night, now);
      if (facts !== undefined && !known.has(missedUid(lane, night.date))) {
        this.note(facts);
      }
    }
  }

  /** Notes on a run's record that its signal was sent. @returns false if it is not about a known run */
  noteSent(signal: Signal): boolean {
    const { book, writer, clock } = this.parts;
    const run = book
      .watchedOf(signal.customer, clock())
      .find(({ facts }) => notifiedKey(signal) === keyOnRecord(facts, signal.key));
    if (run === undefined) {
      return false;
    }
    const facts = { ...run.facts, notified: [...run.facts.notified, signal.key] };
    book.amend(facts);
    if (run.state === undefined) {
      writer.noteLater(facts);
    } else {
      writer.note(facts);
    }
    return true;
  }

  private note(facts: RunFacts): void {
    this.parts.book.amend(facts);
    this.parts.writer.note(facts);
  }
}
