import { nightControlKey, nightControlName } from "../../runs/night-control.ts";
import type { Step } from "../night/step.ts";
import { ATTEMPT, BUSINESS_DATE, VARIANT } from "../night/tokens.ts";
import type { DagTask, Parameter, Template } from "./argo.ts";

/** Parameters that travel from the night down to each attempt. */
export const NIGHT_PARAMETERS: readonly Parameter[] = [{ name: "business-date" }, { name: "variant" }];

/** The same parameters, handed on. */
export const PASS_NIGHT_PARAMETERS: readonly Parameter[] = [
  { name: "business-date", value: BUSINESS_DATE },
  { name: "variant", value: VARIANT },
];

/** Name of the ConfigMap of a run in which an operator notes which steps to hold or skip. It need not exist. */
export const NIGHT_CONTROL = nightControlName("{{workflow.name}}");

/**
 * What lets a person hold, decide and repeat a single step while the rest of the night runs on, in plain Argo:
 * `step-x` waits at its gate, or is left out, if the run's control ConfigMap says so when the step is reached;
 * `attempt-x` runs the work once and, where it failed, waits for a decision and then goes round again with the next attempt number.
 * One pair per step, since a template's own inputs may not appear in the ConfigMap's key.
 *
 * @param anew Condition under which the step runs at all, rather than take over an earlier run's results.
 * @param reuse The task that takes them over, for a step that leaves some.
 */
export function stepWrapper(step: Step, anew: string, reuse: DagTask | undefined): readonly Template[] {
  return [holdable(step.name, anew, reuse), attempts(step.name)];
}

function holdable(step: string, anew: string, reuse: DagTask | undefined): Template {
  return {
    name: `step-${step}`,
    inputs: {
      parameters: [
        ...NIGHT_PARAMETERS,
        {
          name: "hold",
          valueFrom: { configMapKeyRef: { name: NIGHT_CONTROL, key: nightControlKey(step) }, default: "no" },
        },
      ],
    },
    dag: {
      failFast: false,
      tasks: [
        {
          name: "gate",
          template: "gate",
          when: `"{{inputs.parameters.hold}}" == "yes" && ${anew}`,
          arguments: { parameters: [{ name: "job", value: step }] },
        },
        {
          name: "attempt",
          depends: "gate.Skipped",
          when: `"{{inputs.parameters.hold}}" != "skip" && ${anew}`,
          ...firstAttempt(step),
        },
        {
          name: "released",
          depends: "gate.Succeeded",
          // A gate that was skipped has no decision to read, hence the task of its own.
          when: "{{tasks.gate.outputs.parameters.decision}} != SKIP",
          ...firstAttempt(step),
        },
        ...(reuse === undefined ? [] : [reuse]),
      ],
    },
  };
}

function firstAttempt(step: string): Pick<DagTask, "template" | "arguments"> {
  return {
    template: `attempt-${step}`,
    arguments: { parameters: [...PASS_NIGHT_PARAMETERS, { name: "attempt", value: "1" }] },
  };
}

function attempts(step: string): Template {
  return {
    name: `attempt-${step}`,
    inputs: { parameters: [...NIGHT_PARAMETERS, { name: "attempt" }] },
    dag: {
      failFast: false,
      tasks: [
        {
          name: "run",
          template: `run-${step}`,
          arguments: { parameters: [...PASS_NIGHT_PARAMETERS, { name: "attempt", value: ATTEMPT }] },
        },
        {
          name: "hold",
          depends: "run.Failed || run.Errored",
          template: "decide",
          arguments: { parameters: [{ name: "job", value: step }] },
        },
        {
          name: "again",
          depends: "hold.Succeeded",
          // Anything but SKIP repeats: a slip of the pen never leaves work out.
          when: "{{tasks.hold.outputs.parameters.decision}} != SKIP",
          template: `attempt-${step}`,
          arguments: {
            parameters: [
              ...PASS_NIGHT_PARAMETERS,
              { name: "attempt", value: "{{=asInt(inputs.parameters.attempt)+1}}" },
            ],
          },
        },
      ],
    },
  };
}

/** The nodes at which a night waits for a person, shared by all steps. */
export function waitingTemplates(): readonly Template[] {
  return [waitingTemplate("gate", ["RUN", "SKIP"]), waitingTemplate("decide", ["RETRY", "SKIP"])];
}

function waitingTemplate(name: string, decisions: readonly string[]): Template {
  return {
    name,
    inputs: { parameters: [{ name: "job" }, { name: "decision", value: JSON.stringify({ enum: decisions }) }] },
    suspend: {},
    // No default: a resume of the whole workflow cannot decide by mistake.
    outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
  };
}
