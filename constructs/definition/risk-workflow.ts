import { isObject } from "../../runs/json.ts";
import { Night } from "../night/night.ts";
import { shadowSteps } from "../night/shadow.ts";
import { Step } from "../night/step.ts";
import type { StepDefaults } from "../night/step-settings.ts";
import { given } from "./given.ts";
import type { NightSchedule } from "./schedule.ts";

/** A customer's night: when it starts, when it should have ended, and its steps. */
export interface RiskWorkflow {
  readonly schedule: NightSchedule;
  readonly finishBy: string;
  /** Undefined: 15 minutes after the start, which nightwatch applies, since the start may be changed in a chart's values. */
  readonly startBy?: string;
  readonly inputsBy?: string;
  /** Whether it runs beside a night that still counts, and therefore writes nothing but its results. */
  readonly shadow: boolean;
  /** How many steps run side by side at most; undefined for no limit. */
  readonly stepsAtOnce?: number;
  /** Options of all steps, unless a step sets its own. */
  readonly defaults?: StepDefaults;
  /** The steps that the night has. */
  readonly steps: readonly Step[];
  /** The steps of the file; a shadow night leaves some of them out. */
  readonly declared: readonly Step[];
}

export interface RiskWorkflowProps {
  /** When the night starts, and on which days. */
  readonly schedule: NightSchedule;
  /**
   * Local time, `HH:MM`, on the morning after the start, by which the night should have ended. A later night is
   * reported, not ended.
   * @default "06:00"
   */
  readonly finishBy?: string;
  /**
   * Local time, `HH:MM`, by which the night should have started; otherwise it is reported as missed. Argo catches up a
   * start that it missed for up to three hours.
   * @default - 15 minutes after the start
   */
  readonly startBy?: string;
  /**
   * Local time, `HH:MM`, by which the steps that bring the inputs should have ended; see `input` of a step. Later ones
   * are reported, not ended.
   * @default - nobody is notified
   */
  readonly inputsBy?: string;
  /**
   * A shadow night runs beside the one that still counts, to be compared with it: steps that may write elsewhere than
   * below the night's own directory are left out, see `inShadow` of a step.
   * @default false
   */
  readonly shadow?: boolean;
  /**
   * How many steps run side by side at most. If more could start, those first in the file do; one that waits for a
   * person counts as long as it waits.
   * @default - all whose upstream steps have ended
   */
  readonly stepsAtOnce?: number;
  /**
   * Options of all steps of the night, in one place; a step may set its own.
   * @default - the defaults of each step
   */
  readonly defaults?: StepDefaults;
  /** Declares the steps. */
  readonly steps: (night: Night) => void;
}

/**
 * A night of Spark risk jobs and the work around them.
 * @example
 * ```ts
 * const workflow = sparkRiskWorkflow({
 *   schedule: nightly("22:30", { timezone: "Europe/Berlin", calendar: TARGET }),
 *   steps: (night) => {
 *     const curves = night.spark("curves", { app: riskApp("curves.py") });
 *     night.spark("var-es", { app: riskApp("var_es.py"), after: curves });
 *   },
 * });
 * ```
 */
export function sparkRiskWorkflow(props: RiskWorkflowProps): RiskWorkflow {
  const { steps, finishBy = "06:00", shadow = false, ...rest } = given(props) as RiskWorkflowProps;
  const declared = declare(steps, rest.defaults);
  return withSteps({ ...rest, finishBy, shadow, steps: declared, declared });
}

/** A workflow with those of the declared steps that its night has. */
export function withSteps(workflow: RiskWorkflow): RiskWorkflow {
  if (!isObject(workflow) || !("declared" in workflow)) {
    return workflow;
  }
  const { shadow, declared } = workflow;
  const isNight = Array.isArray(declared) && declared.every((step) => step instanceof Step);
  return { ...workflow, steps: shadow === true && isNight ? shadowSteps(declared) : declared };
}

/** The steps; where something other than a function was given, that value, for the form to report. */
function declare(steps: RiskWorkflowProps["steps"], defaults: StepDefaults | undefined): readonly Step[] {
  if (typeof steps !== "function") {
    return steps;
  }
  const night = new Night(defaults);
  // An async function has not yet declared anything after its first await.
  const returned: unknown = steps(night);
  return returned instanceof Promise ? (returned as never) : night.steps;
}
