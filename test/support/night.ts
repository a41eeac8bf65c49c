import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { DagTask, Template } from "../../constructs/workflow/argo.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";

/**
 * A template of a customer's night. `step-<name>`, `attempt-<name>` and `run-<name>` are those of a step as Argo makes
 * them of the templates that steps share: with what the step's task hands over.
 */
export function template(definition: CustomerDefinition, name: string): Template {
  const found = templateIn(nightSpec(definition).templates ?? [], name);
  if (found === undefined) {
    throw new Error(`the night has no template ${name}`);
  }
  return found;
}

/** The same, of templates that already exist. */
export function templateIn(templates: readonly Template[], name: string): Template | undefined {
  const find = (one: string): Template | undefined => templates.find((other) => other.name === one);
  const [, part, step] = /^(step|attempt|run)-(.+)$/.exec(name) ?? [];
  const task = find("steps")?.dag?.tasks?.find((one) => one.name === step);
  const shared = find(`${part}-${task?.template?.replace(/^step-/, "")}`);
  if (shared === undefined || task === undefined) {
    return find(name);
  }
  const values = (task.arguments?.parameters ?? []).filter(
    ({ name: parameter, value }) => value !== undefined && !["business-date", "variant", "anew"].includes(parameter),
  );
  return values.reduce<Template>(
    (one, { name: parameter, value }) =>
      JSON.parse(
        JSON.stringify(one).replaceAll(`{{inputs.parameters.${parameter}}}`, () =>
          JSON.stringify(`${value}`).slice(1, -1),
        ),
      ) as Template,
    shared,
  );
}

/** The tasks of a DAG template by name. */
export function tasks(dag: Template): Readonly<Record<string, DagTask>> {
  return Object.fromEntries((dag.dag?.tasks ?? []).map((task) => [task.name, task]));
}

/** Values that Argo puts in when a step starts. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "inputs.parameters.attempt": "2",
  "inputs.parameters.business-date": "2026-03-31",
  "inputs.parameters.variant": "quarter-end",
  "workflow.outputs.parameters.business-date": "2026-03-31",
  "workflow.outputs.parameters.variant": "quarter-end",
  "workflow.parameters.business-date": "auto",
  "workflow.parameters.from-step": "",
  "workflow.creationTimestamp.s": "1774989000",
  "workflow.name": "night-1774989000",
  "workflow.uid": "uid-1",
  "workflow.parameters.run-number": "1",
  "workflow.parameters.scheduled-time": "2026-03-31T20:30:00Z",
};

/** What the runner of a template would receive as NIGHTLANE_STEP, after Argo has put the values in. */
export function runnerDocument(runner: Template): Readonly<Record<string, unknown>> {
  const value = runner.container?.env?.find(({ name }) => name === "NIGHTLANE_STEP")?.value ?? "";
  return JSON.parse(
    // A dollar sign is doubled in a variable, or Kubernetes would replace what follows.
    value
      .replaceAll("$$", () => "$")
      .replaceAll(/\{\{([^}]*)\}\}/g, (whole, name: string) => {
        const replacement = PLACEHOLDERS[name];
        if (replacement === undefined) {
          throw new Error(`no value for ${whole}`);
        }
        return replacement;
      }),
  );
}
