import type { NightForecast } from "../runs/forecast/forecast-night.ts";
import type { View } from "./output.ts";

/** How a night is shown. */
export interface NightLook extends View {
  /** Whose night it is. */
  readonly title: string;
  /** Milliseconds: durations of what still runs are measured up to here. */
  readonly now: number;
  /** Time zone of the customer. @default - not known: UTC */
  readonly zone?: string;
  /** Its deadline, milliseconds. @default - it has none */
  readonly finishBy?: number;
  /** What is expected of it while it runs. @default - too little is known, or the night has ended */
  readonly forecast?: NightForecast;
  /** Rows that all of it may take: steps that need nobody are folded. @default - as many as there is to say */
  readonly rows?: number;
  /** Remote jobs, messages, and who decided what and why, under each step. @default false */
  readonly details?: boolean;
  /** A line for every step, also for those of a large night that are alike. @default false */
  readonly every?: boolean;
}
