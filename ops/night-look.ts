import type { NightForecast } from "../runs/forecast/forecast-night.ts";
import type { Times } from "../runs/times.ts";
import type { Paint } from "./text/paint.ts";

/** How a night is shown. */
export interface NightLook {
  /** Whose night it is. */
  readonly title: string;
  readonly paint: Paint;
  /** Milliseconds: durations of what still runs are measured up to here. */
  readonly now: number;
  /** @default - by the customer's clocks */
  readonly times?: Times;
  /** Time zone of the customer. @default - not known: UTC */
  readonly zone?: string;
  /** Its deadline, milliseconds. @default - it has none */
  readonly finishBy?: number;
  /** What is expected of it while it runs. @default - too little is known, or the night has ended */
  readonly forecast?: NightForecast;
  /** Columns of the screen. @default - nothing is cut */
  readonly columns?: number;
  /** Rows that all of it may take: steps that need nobody are folded. @default - as many as there is to say */
  readonly rows?: number;
  /** Remote jobs, messages, and who decided what and why, under each step. @default false */
  readonly details?: boolean;
  /** A line for every step, also for those of a large night that are alike. @default false */
  readonly every?: boolean;
}
