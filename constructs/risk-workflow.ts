import { Night } from "./night/night.ts";
import type { Step } from "./night/step.ts";
import type { NightSchedule } from "./schedule.ts";

/** A customer's night: when it starts, when it should have ended, and its steps. */
export interface RiskWorkflow {
  readonly schedule: NightSchedule;
  readonly finishBy: string;
  readonly steps: readonly Step[];
}

export interface RiskWorkflowProps {
  /** When the night starts, and on which days. */
  readonly schedule: NightSchedule;
  /**
   * Local time, `HH:MM`, on the morning after the start, by which the night should have ended. Later than that is
   * told, not killed.
   * @default "06:00"
   */
  readonly finishBy?: string;
  /** Declares the steps. */
  readonly steps: (night: Night) => void;
}

/** A night of Spark risk jobs and the work around them. */
export function sparkRiskWorkflow(props: RiskWorkflowProps): RiskWorkflow {
  const night = new Night();
  props.steps(night);
  return { schedule: props.schedule, finishBy: props.finishBy ?? "06:00", steps: night.steps };
}
