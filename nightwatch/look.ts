import { errorText } from "./error-text.ts";
import type { Lane } from "./lane.ts";
import type { LaneBook } from "./lane-book.ts";
import type { RunForecast } from "./run-forecast.ts";
import { controllerSignals } from "./signals/controller-signals.ts";
import { credentialSignals } from "./signals/credential-signals.ts";
import { forecastSignals } from "./signals/forecast-signals.ts";
import { UrgentGates } from "./signals/gate-urgency.ts";
import { laneSignals } from "./signals/lane-signals.ts";
import { nightSignals } from "./signals/night-signals.ts";
import { runningSignals } from "./signals/running-signals.ts";
import type { Signal } from "./signals/signal.ts";

/** The state of everything at one time. */
export interface Sight {
  readonly lanes: readonly Lane[];
  readonly signals: readonly Signal[];
  /**
   * Lanes that could not be viewed this time, with the reason; they are among the lanes, with nothing but their
   * problems.
   */
  readonly failures: readonly { readonly customer: string; readonly reason: string }[];
}

/** What was seen of one lane, and in which version of its book. */
interface LaneLook {
  readonly version: number;
  readonly turn: number;
  readonly lane: Lane;
  readonly signals: readonly Signal[];
}

/** A quiet lane is viewed again after this long: what changes with time alone changes in minutes. */
const AGAIN_MILLISECONDS = 15_000;

/**
 * Views each lane separately, so that a surprise in one hides nothing of the others: changed ones at once, and the
 * others in turn.
 */
export class Looks {
  private kept = new Map<string, LaneLook>();
  private readonly gates = new UrgentGates();

  /**
   * @param forecast Forecasts a lane's running runs; undefined while its past nights are being read.
   * `now` in milliseconds.
   */
  constructor(private readonly forecast: (lane: Lane, now: number) => readonly RunForecast[] | undefined) {}

  /**
   * @param controller When the leader of the Argo controllers last renewed its lease, and since when nightwatch watches
   * for that, milliseconds.
   * @param now Milliseconds.
   */
  look(
    books: readonly LaneBook[],
    controller: { readonly renewed?: number | undefined; readonly watched: number },
    now: number,
  ): Sight {
    const before = this.kept;
    this.kept = new Map();
    const failures: Sight["failures"][number][] = [];
    for (const [index, book] of books.entries()) {
      const turn = Math.floor(now / AGAIN_MILLISECONDS + index / books.length);
      const known = before.get(book.name);
      const isKnown = known?.version === book.version && known.turn === turn;
      this.kept.set(book.name, isKnown ? known : this.lookAt(book, turn, now, failures));
    }
    const looks = [...this.kept.values()];
    this.gates.keep(looks.map(({ lane }) => lane));
    const signals = [
      ...controllerSignals(controller.renewed, controller.watched, now),
      ...looks.flatMap((look) => look.signals),
    ];
    return { lanes: looks.map(({ lane }) => lane), signals, failures };
  }

  private lookAt(book: LaneBook, turn: number, now: number, failures: Sight["failures"][number][]): LaneLook {
    // What is found while viewing changes the book again.
    const { version } = book;
    try {
      const seen = book.view(now);
      const forecasts = this.forecast(seen, now);
      const lane = forecasts === undefined ? seen : { ...seen, forecasts };
      const signals = signalsOf(lane, this.gates, now);
      book.noteProblem("lane", undefined, now);
      return { version, turn, lane, signals };
    } catch (error) {
      const reason = errorText(error);
      book.noteProblem("lane", reason, now);
      failures.push({ customer: book.name, reason });
      const lane = book.unreadable;
      return { version, turn, lane, signals: laneSignals(lane, now) };
    }
  }
}

function signalsOf(lane: Lane, gates: UrgentGates, now: number): readonly Signal[] {
  return [
    ...nightSignals(lane, now),
    ...laneSignals(lane, now),
    ...runningSignals(lane, gates, now),
    ...credentialSignals(lane, now),
    ...forecastSignals(lane, now),
  ];
}
