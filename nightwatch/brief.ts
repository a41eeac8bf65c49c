import { ACT_PREFIX, SCHEDULED_TIME } from "../runs/annotations.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { Workflow, WorkflowNode, WorkflowTemplate } from "../runs/workflow.ts";

/**
 * What is kept in mind of a run that is over: how its date stands, and with which steps. What they took is kept beside it,
 * and its record has the rest.
 */
export function briefFacts(facts: RunFacts): RunFacts {
  const steps = facts.steps.map(({ name, kind, state }) => ({ name, kind, state, attempts: [] }));
  return { ...facts, images: [], parameters: {}, steps };
}

/**
 * What is kept in mind of the workflow of a night that runs, to look at it again while time passes. More than half of a
 * workflow is its stored template, of which a step's name, kind and tries are all that is needed.
 */
export function briefWorkflow({ metadata, spec, status = {} }: Workflow): Workflow {
  const { nodes, storedWorkflowTemplateSpec } = status;
  const notes = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => key.startsWith(ACT_PREFIX) || key === SCHEDULED_TIME,
  );
  return {
    metadata: { ...pick(metadata, ["name", "namespace", "uid"]), annotations: Object.fromEntries(notes) },
    spec: pick(spec, ["suspend", "workflowTemplateRef", "arguments"]),
    status: {
      ...pick(status, ["phase", "message", "startedAt", "finishedAt", "compressedNodes", "offloadNodeStatusVersion"]),
      nodes: Object.fromEntries(
        Object.entries(nodes ?? {})
          .filter(([, node]) => tellsOfStep(node))
          .map(([id, node]) => [id, pick(node, NODE_PARTS)]),
      ),
      storedWorkflowTemplateSpec: {
        ...pick(storedWorkflowTemplateSpec ?? {}, ["workflowMetadata"]),
        templates: briefTemplates(storedWorkflowTemplateSpec?.templates ?? []),
      },
    },
  };
}

/** Of what its conditions left out only a whole step is told; there are more such nodes than others. */
function tellsOfStep({ phase, templateName }: WorkflowNode): boolean {
  return (phase !== "Skipped" && phase !== "Omitted") || templateName?.startsWith("step-") === true;
}

const NODE_PARTS = [
  ...(["id", "name", "displayName", "type", "templateName", "phase", "message"] as const),
  ...(["startedAt", "finishedAt", "boundaryID", "inputs", "outputs"] as const),
];

/** The order of the steps, and of what each one runs all but its container's instructions. */
function briefTemplates(templates: readonly WorkflowTemplate[]): readonly WorkflowTemplate[] {
  return templates.flatMap<WorkflowTemplate>(({ name, dag, container, ...rest }) => {
    if (name === "steps") {
      return [{ name, dag: { tasks: (dag?.tasks ?? []).map((task) => pick(task, ["name", "template", "depends"])) } }];
    }
    const args = container?.args === undefined ? {} : { container: { args: container.args.slice(0, 1) } };
    return name.startsWith("run-") ? [{ name, ...rest, ...args }] : [];
  });
}

function pick<Value extends object, Key extends keyof Value>(value: Value, keys: readonly Key[]): Pick<Value, Key> {
  const kept = keys.filter((key) => value[key] !== undefined).map((key) => [key, value[key]]);
  return Object.fromEntries(kept) as Pick<Value, Key>;
}
