import { nightControlKey, nightControlName } from "../../runs/night-control.ts";
import { partName, TEMPLATE } from "../../runs/template-names.ts";
import { input, ofWorkflow, reported } from "../night/placeholders.ts";
import type { Retries } from "../night/pod-settings.ts";
import { ATTEMPT, BUSINESS_DATE, STEP, VARIANT } from "../night/tokens.ts";
import type { DagTask, Parameter, Template } from "./argo.ts";
import { pauseTask, pauseTemplate } from "./further-attempts.ts";

/** Parameters that travel from the night down to each attempt. */
export const NIGHT_PARAMETERS: readonly Parameter[] = [{ name: "business-date" }, { name: "variant" }];

/** The same parameters, passed on. */
export const PASS_NIGHT_PARAMETERS: readonly Parameter[] = [
  { name: "business-date", value: BUSINESS_DATE },
  { name: "variant", value: VARIANT },
];

/** Parameters that every template of a step has: those of the night, and the step's name. */
export const STEP_PARAMETERS: readonly Parameter[] = [...NIGHT_PARAMETERS, { name: "step" }];

/** The same parameters, passed on. */
const PASS_STEP_PARAMETERS: readonly Parameter[] = [...PASS_NIGHT_PARAMETERS, { name: "step", value: STEP }];

/** Marks a runner's pod with its step: its name has only the kind of step. */
export const STEP_LABEL: Pick<Template, "metadata"> = { metadata: { labels: { "nightlane/step": STEP } } };

/**
 * Name of the parameter for which steps run again: for the whole night `all`, or their names between commas; for one
 * step `true` or `false`. Any other step reuses what the repeated run has left.
 */
export const ANEW = "anew";

const IS_ANEW = input(ANEW);
const HOLD = input("hold");

/** Name of the ConfigMap of a run in which an operator notes which steps to hold or skip. It need not exist. */
export const NIGHT_CONTROL = nightControlName(ofWorkflow("name"));

/**
 * An operator's request for a step, read when the step is reached. It is on the step's task, since a template's own
 * inputs may not appear in the ConfigMap's key.
 */
export function holdParameter(step: string): Parameter {
  return {
    name: "hold",
    valueFrom: { configMapKeyRef: { name: NIGHT_CONTROL, key: nightControlKey(step) }, default: "no" },
  };
}

/**
 * What lets a person hold, decide and repeat a single step while the rest of the night runs on, in plain Argo: `step-x`
 * is held, or is left out, if the run's control ConfigMap requests it when the step is reached; `attempt-x`
 * runs the work once and, if it failed, waits for a decision and then loops, with the next attempt number or, to adopt
 * what still runs remotely, the same.
 *
 * @param kind The kind of the steps that share the two: `spark-1a2b3c`.
 * @param values Names of the parameters in which they differ.
 * @param reuse The task that reuses the results of an earlier run, for a step that leaves some.
 * @param retries When the next attempt begins automatically.
 */
export function stepWrapper(
  kind: string,
  values: readonly string[],
  reuse: DagTask | undefined,
  retries: Retries | undefined,
): readonly [step: Template, attempt: Template] {
  return [holdable(kind, values, reuse), attempts(kind, values, retries)];
}

function holdable(kind: string, values: readonly string[], reuse: DagTask | undefined): Template {
  const firstAttempt = handOn(partName("attempt", kind), "1", values);
  return {
    name: partName("step", kind),
    inputs: { parameters: [...STEP_PARAMETERS, { name: "hold" }, { name: ANEW }, ...values.map((name) => ({ name }))] },
    dag: {
      failFast: false,
      tasks: [
        {
          name: "hold",
          template: TEMPLATE.hold,
          when: `"${HOLD}" == "yes" && ${IS_ANEW}`,
          arguments: { parameters: [{ name: "step", value: STEP }] },
        },
        {
          name: "attempt",
          depends: "hold.Skipped",
          when: `"${HOLD}" != "skip" && ${IS_ANEW}`,
          ...firstAttempt,
        },
        {
          name: "released",
          depends: "hold.Succeeded",
          // A hold that was skipped has no decision to read, hence the separate task.
          when: `${reported("hold", "decision")} != SKIP`,
          ...firstAttempt,
        },
        ...(reuse === undefined
          ? []
          : [
              {
                ...reuse,
                depends: "hold.Skipped",
                when: `"${HOLD}" != "skip" && !(${IS_ANEW})`,
              },
            ]),
      ],
    },
  };
}

/** The attempt that a decision starts: the next one, or for ADOPT the same once more, whose remote Job is adopted. */
export const NEXT_ATTEMPT =
  "{{=asInt(inputs.parameters.attempt)+(tasks.decision.outputs.parameters.decision == 'ADOPT' ? 0 : 1)}}";

/** What follows a failed attempt where only a person starts the next one. */
const DECIDE: Pick<DagTask, "template" | "arguments"> = {
  template: TEMPLATE.decide,
  arguments: { parameters: [{ name: "step", value: STEP }] },
};

function attempts(kind: string, values: readonly string[], retries: Retries | undefined): Template {
  return {
    name: partName("attempt", kind),
    inputs: { parameters: [...STEP_PARAMETERS, { name: "attempt" }, ...values.map((name) => ({ name }))] },
    dag: {
      failFast: false,
      tasks: [
        { name: "run", ...handOn(partName("run", kind), ATTEMPT, values) },
        {
          name: "decision",
          depends: "run.Failed || run.Errored",
          ...(retries === undefined ? DECIDE : pauseTask(retries)),
        },
        {
          name: "again",
          depends: "decision.Succeeded",
          // Anything but SKIP repeats: a typo can only repeat work, never drop it.
          when: `${reported("decision", "decision")} != SKIP`,
          ...handOn(partName("attempt", kind), NEXT_ATTEMPT, values),
        },
      ],
    },
  };
}

/** A template with its caller's parameters and the number of the attempt. */
function handOn(template: string, attempt: string, values: readonly string[]): Pick<DagTask, "template" | "arguments"> {
  const own = values.map((name) => ({ name, value: input(name) }));
  return {
    template,
    arguments: { parameters: [...PASS_STEP_PARAMETERS, { name: "attempt", value: attempt }, ...own] },
  };
}

/** A person's possible answers to a failed attempt. */
const AFTER_FAILURE = enumOf(["RETRY", "ADOPT", "SKIP"]);

/**
 * The nodes at which a night waits for a person, shared by all steps.
 * @param pauses Whether a step goes on to its next attempt automatically.
 */
export function waitingTemplates(pauses: boolean): readonly Template[] {
  return [
    waitingTemplate(TEMPLATE.hold, enumOf(["RUN", "SKIP"])),
    waitingTemplate(TEMPLATE.decide, AFTER_FAILURE),
    ...(pauses ? [pauseTemplate(AFTER_FAILURE)] : []),
  ];
}

function enumOf(decisions: readonly string[]): string {
  return JSON.stringify({ enum: decisions });
}

function waitingTemplate(name: string, decisions: string): Template {
  return {
    name,
    inputs: { parameters: [{ name: "step" }, { name: "decision", value: decisions }] },
    suspend: {},
    // No default: a resume of the whole workflow cannot decide by mistake.
    outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
  };
}
