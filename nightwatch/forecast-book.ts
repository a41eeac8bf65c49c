import { forecastNight, type NightForecast } from "../runs/forecast/forecast-night.ts";
import { LaneHistory } from "../runs/forecast/lane-history.ts";
import { type MissCall, willMiss } from "../runs/forecast/will-miss.ts";
import { type NightSeries, seriesName } from "../runs/night-series.ts";
import type { NightState } from "../runs/night-state.ts";
import type { RunFacts, RunRecord } from "../runs/run-record.ts";
import { errorText } from "./error-text.ts";
import { finishByOf, type Lane } from "./lane.ts";
import type { RunForecast } from "./run-forecast.ts";

/** The last forecast of a run. */
interface LastForecast {
  readonly call: MissCall;
  readonly missSince?: number;
}

interface KeptForecast extends LastForecast {
  readonly forecast: NightForecast;
  readonly states: string;
}

/** Source of past nights. */
export interface ForecastSource {
  /** The records of these customers. */
  readonly records: (customers: readonly string[]) => AsyncIterable<RunRecord>;
  readonly log: (level: "info" | "error", text: string) => void;
}

/** A forecast is made again after this long, and whenever a step has changed its state. */
const AGAIN_AFTER = 60_000;

const MODELS_IN_A_ROUND = 50;

/** Number of lanes whose past nights are read at once: long requests keep others waiting, and may break off. */
const LANES_AT_ONCE = 20;

/** Pause before unreadable records are tried again. */
const READ_AGAIN_AFTER = 60_000;

/**
 * Forecasts the running nights. From each past night a few numbers are kept. The records are read once, outside of the
 * rounds, when a night of the lane is first seen running, and for many such lanes together.
 */
export class ForecastBook {
  /** By the name of the nights. */
  private readonly histories = new Map<string, LaneHistory>();
  /** Customers whose past nights have been read. */
  private readonly read = new Set<string>();
  /** Lanes whose past nights could not be read so far. */
  private readonly unreadable = new Set<string>();
  private readonly kept = new Map<string, KeptForecast>();
  /** When the records of a lane were asked for, milliseconds. */
  private readonly asked = new Map<string, number>();
  /** Lanes whose past nights are to be read next. */
  private readonly waiting = new Set<string>();
  /** Models made in the newest round. */
  private models = { round: 0, made: 0 };
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly source: ForecastSource) {}

  /** Learns from a run that has ended. */
  noteEnded(facts: RunFacts): void {
    this.kept.delete(facts.uid);
    this.historyOf(facts).note(facts);
  }

  /**
   * Forecasts of a lane's running runs. None for a run of which too little is known; undefined while the past nights
   * are being read for the first time, and until something was learnt from them.
   * @param now Milliseconds.
   */
  look(lane: Lane, now: number): readonly RunForecast[] | undefined {
    const running = lane.runs.flatMap(({ facts, state }) => (state === undefined ? [] : [{ facts, state }]));
    if (running.length > 0 && !this.read.has(lane.customer)) {
      this.ask(lane.customer, now);
      return this.unreadable.has(lane.customer) ? [] : undefined;
    }
    const history = this.historyOf(lane);
    const isNew = ({ state: { variant, open } }: (typeof running)[number]): boolean =>
      variant !== undefined && open !== false && !history.hasModel(variant);
    return running.some(isNew) && !this.mayModel(now)
      ? undefined
      : running.flatMap(({ facts, state }) => this.forecastOf(history, lane, facts, state, now) ?? []);
  }

  /** Resolves when all requested records have been read. */
  async settled(): Promise<void> {
    await this.reading;
  }

  private forecastOf(
    history: LaneHistory,
    lane: Lane,
    facts: RunFacts,
    state: NightState,
    now: number,
  ): RunForecast | undefined {
    const { variant, open } = state;
    if (variant === undefined || open === false) {
      return undefined;
    }
    const model = history.model(variant);
    if (model === undefined) {
      return undefined;
    }
    const before = this.kept.get(facts.uid);
    const states = state.steps.map((step) => `${step.state}${step.attempts}`).join();
    const isFresh = before !== undefined && before.states === states && now - before.forecast.at < AGAIN_AFTER;
    const finishBy = finishByOf(lane, facts) ?? Number.NaN;
    const kept = isFresh ? before : next(forecastNight(model, state, now), states, finishBy, before ?? recorded(facts));
    this.kept.set(facts.uid, kept);
    return {
      facts,
      forecast: kept.forecast,
      ...(Number.isNaN(finishBy) ? {} : { finishBy }),
      ...(kept.missSince === undefined ? {} : { missSince: kept.missSince }),
    };
  }

  /** Models of nights that begin at the same minute are made one after the other, so that no round waits for all. */
  private mayModel(now: number): boolean {
    this.models = this.models.round === now ? { round: now, made: this.models.made + 1 } : { round: now, made: 1 };
    return this.models.made <= MODELS_IN_A_ROUND;
  }

  private ask(customer: string, now: number): void {
    const asked = this.asked.get(customer);
    if (asked === undefined || now - asked > READ_AGAIN_AFTER) {
      this.asked.set(customer, now);
      this.waiting.add(customer);
      this.reading = this.reading.then(() => this.readRecords());
    }
  }

  private async readRecords(): Promise<void> {
    while (this.waiting.size > 0) {
      const customers = [...this.waiting].slice(0, LANES_AT_ONCE);
      for (const customer of customers) {
        this.waiting.delete(customer);
      }
      await this.readRecordsOf(customers);
    }
  }

  private async readRecordsOf(customers: readonly string[]): Promise<void> {
    const wanted = new Set(customers);
    try {
      for await (const { spec } of this.source.records(customers)) {
        if (wanted.has(spec.customer)) {
          this.historyOf(spec).note(spec);
        }
      }
      for (const customer of customers) {
        this.read.add(customer);
      }
    } catch (error) {
      for (const customer of customers) {
        this.unreadable.add(customer);
      }
      const others = customers.length === 1 ? "" : ` and ${customers.length - 1} others`;
      this.source.log("error", `past nights of ${customers[0]}${others}: ${errorText(error)}; trying again`);
    }
  }

  private historyOf(series: NightSeries): LaneHistory {
    const name = seriesName(series);
    const history = this.histories.get(name) ?? new LaneHistory();
    this.histories.set(name, history);
    return history;
  }
}

function next(
  forecast: NightForecast,
  states: string,
  finishBy: number,
  before: LastForecast | undefined,
): KeptForecast {
  const call = Number.isNaN(finishBy) ? { called: false } : willMiss(forecast, finishBy, before?.call);
  const missSince = call.called ? (before?.missSince ?? forecast.at) : undefined;
  return { forecast, states, call, ...(missSince === undefined ? {} : { missSince }) };
}

/** The forecast of an earlier nightwatch: it must not be withdrawn and repeated. */
function recorded({ forecast }: RunFacts): LastForecast | undefined {
  return forecast?.willMiss === true ? { call: { called: true }, missSince: Date.parse(forecast.at) } : undefined;
}
