import type { NightForecast } from "../../runs/forecast/forecast-night.ts";
import { LaneHistory } from "../../runs/forecast/lane-history.ts";
import type { NightModel } from "../../runs/forecast/night-model.ts";
import type { NightState } from "../../runs/night-state.ts";
import { hasEnded } from "../../runs/phases.ts";
import type { Central } from "../central.ts";
import type { Lane } from "../lanes.ts";

/** Forecast of a running night from the lane's records; undefined where they are too few, or the night has ended. */
export async function readModel(central: Central, lane: Lane, night: NightState): Promise<NightModel | undefined> {
  if (hasEnded(night) || night.variant === undefined || night.open === false) {
    return undefined;
  }
  const history = new LaneHistory();
  for (const { spec } of await central.runRecords.all(lane.series)) {
    history.note(spec);
  }
  return history.model(night.variant);
}

/** A forecast as machines read it: all times RFC 3339. */
export interface ForecastAnswer {
  /** Absent where too few nights are known of the steps in `unknown`. */
  readonly end?: ExpectedEndAnswer;
  /** The critical path: steps that determine the end of the night, in order. */
  readonly criticalPath: readonly string[];
  /** Steps that have not ended. */
  readonly steps: readonly StepForecastAnswer[];
  /** How tonight's steps compare with their usual duration: 1.2 is a fifth longer. */
  readonly slowness: number;
  readonly unknown: readonly string[];
}

/** In 8 of 10 cases between the outer two. */
export interface ExpectedEndAnswer {
  readonly earliest: string;
  readonly expected: string;
  readonly latest: string;
}

export interface StepForecastAnswer {
  readonly step: string;
  readonly end: ExpectedEndAnswer;
  /** Seconds by which it may end later without moving the end of the night. */
  readonly slackSeconds?: number;
}

/** @param now Milliseconds. */
export function forecastAnswer(forecast: NightForecast): ForecastAnswer {
  const { end, criticalPath, steps, slowness, unknown } = forecast;
  return {
    ...(end === undefined ? {} : { end: endAnswer(end) }),
    criticalPath,
    steps: steps.map(({ name, end: stepEnd, slack }) => ({
      step: name,
      end: endAnswer(stepEnd),
      ...(slack === undefined ? {} : { slackSeconds: slack }),
    })),
    slowness: Math.round(slowness * 100) / 100,
    unknown,
  };
}

function endAnswer({ earliest, expected, latest }: NonNullable<NightForecast["end"]>): ExpectedEndAnswer {
  const time = (instant: number): string => new Date(instant).toISOString();
  return { earliest: time(earliest), expected: time(expected), latest: time(latest) };
}
