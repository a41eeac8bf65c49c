import { hash } from "node:crypto";
import { Duration } from "cdk8s";
import { LOG_END_PARAMETER } from "../../runs/log-end.ts";
import { PLACES_KEY, placesName } from "../../runs/step-group.ts";
import { partName } from "../../runs/template-names.ts";
import type { NightDefinition } from "../definition/night-definition.ts";
import { groupOf } from "../night/grouped-steps.ts";
import type { Step } from "../night/step.ts";
import { bringsResults } from "../night/step-results.ts";
import type { DagTask, Parameter, Template } from "./argo.ts";
import { pauseTask, retriesOf } from "./further-attempts.ts";
import { reuseTask } from "./reuse.ts";
import { runnerTemplate } from "./runner-template.ts";
import { type StepValues, stepDocument, stepTimeout, stepValues } from "./step-document.ts";
import { outputsOf } from "./step-outputs.ts";
import { ANEW, holdParameter, PASS_NIGHT_PARAMETERS, STEP_LABEL, STEP_PARAMETERS, stepWrapper } from "./wrapper.ts";

/** Room above a step's own timeout before Kubernetes ends the pod: the runner ends itself first, with a reason. */
const DEADLINE_MARGIN = Duration.minutes(10);

/** Length of the hash in a template's name: a night has a few dozen of them at most. */
const HASH_LENGTH = 6;

/** What a step is in the night: the three templates around it, and what its task passes to them. */
export interface StepTemplates {
  /** `step-<kind>-<hash>`, `attempt-<kind>-<hash>` and `run-<kind>-<hash>`. */
  readonly templates: readonly [step: Template, attempt: Template, run: Template];
  /** The values in which it differs from other steps with the same templates. */
  readonly task: Pick<DagTask, "template" | "arguments">;
}

/**
 * The templates of a step. They contain nothing that the step's task passes on - its name, its arguments, its paths -
 * so that steps that differ only in these share them: a loop over portfolios costs only its tasks.
 */
export function stepTemplates(definition: NightDefinition, step: Step): StepTemplates {
  const values = stepValues(step);
  const names = Object.keys(values);
  const run = runTemplate(definition, step, names);
  const reuse = reuseTask(step);
  const retries = retriesOf(step);
  const tasks = retries === undefined ? [run, reuse] : [run, reuse, pauseTask(retries)];
  const content = hash("sha256", JSON.stringify(tasks)).slice(0, HASH_LENGTH);
  const kind = `${step.work.kind.toLowerCase()}-${content}`;
  return {
    templates: [...stepWrapper(kind, names, reuse, retries), { ...run, name: partName("run", kind) }],
    task: { template: partName("step", kind), arguments: { parameters: taskParameters(step.name, values) } },
  };
}

/** All templates of the steps, each once. */
export function templatesOfSteps(steps: readonly StepTemplates[]): readonly Template[] {
  const known = new Map(steps.flatMap(({ templates }) => templates.map((one) => [one.name, one])));
  return [...known.values()];
}

function taskParameters(step: string, values: StepValues): Parameter[] {
  return [
    ...PASS_NIGHT_PARAMETERS,
    { name: "step", value: step },
    holdParameter(step),
    { name: ANEW, value: `{{=inputs.parameters.anew == 'all' || inputs.parameters.anew contains ',${step},'}}` },
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
  ];
}

function runTemplate(definition: NightDefinition, step: Step, values: readonly string[]): Template {
  const inputs = { parameters: [...STEP_PARAMETERS, { name: "attempt" }, ...values.map((name) => ({ name }))] };
  const work = stepDocument(definition, step);
  if (work === undefined) {
    return {
      name: "",
      inputs,
      suspend: {},
      outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
    };
  }
  const deadlineSeconds = stepTimeout(step).toSeconds() + DEADLINE_MARGIN.toSeconds();
  const runner = runnerTemplate({ name: "", ...work, deadlineSeconds });
  const template = { ...runner, ...STEP_LABEL, ...placeOf(step), inputs };
  const outputs = bringsResults(step.work) ? outputsOf("results", LOG_END_PARAMETER) : outputsOf(LOG_END_PARAMETER);
  return { ...template, outputs };
}

/**
 * The place that a step of a group takes with each attempt. The work takes it, tries after outages included, and not
 * the enclosing attempt, in which a person may have to decide.
 */
function placeOf(step: Step): Pick<Template, "synchronization"> {
  const group = groupOf(step);
  if (group === undefined) {
    return {};
  }
  const name = placesName({ group: group.name, atOnce: group.atOnce });
  return { synchronization: { semaphores: [{ configMapKeyRef: { name, key: PLACES_KEY } }] } };
}
