import { ACT_PREFIX, SCHEDULED_TIME } from "../runs/annotations.ts";
import type { RunFacts } from "../runs/run-record.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import { isPart, TEMPLATE } from "../runs/template-names.ts";
import type { Workflow, WorkflowNode, WorkflowTemplate } from "../runs/workflow.ts";

/**
 * What is kept in memory of a finished run: the state of its date, and its steps. Their durations are kept separately; the
 * rest is in the record.
 */
export function briefFacts({ inputsBy, ...facts }: RunFacts): RunFacts {
  const steps = facts.steps.map(({ name, kind, state }) => ({ name, kind, state, attempts: [] }));
  return { ...facts, images: [], parameters: {}, steps };
}

/**
 * What is kept in memory of a running night's workflow, to read its state again as time passes. More than half of a
 * workflow is its stored template, of which only the names, kinds and tries of steps are needed.
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
          .filter(([, node]) => belongsToStep(node))
          .map(([id, node]) => [id, pick(node, NODE_PARTS)]),
      ),
      storedWorkflowTemplateSpec: {
        ...pick(storedWorkflowTemplateSpec ?? {}, ["workflowMetadata"]),
        templates: briefTemplates(storedWorkflowTemplateSpec?.templates ?? []),
      },
    },
  };
}

/** Of skipped nodes, which are the majority, only whole steps matter. */
function belongsToStep({ phase, templateName }: WorkflowNode): boolean {
  return (phase !== "Skipped" && phase !== "Omitted") || isPart(templateName, "step");
}

const NODE_PARTS = [
  ...(["id", "name", "displayName", "type", "templateName", "phase", "message"] as const),
  ...(["startedAt", "finishedAt", "boundaryID", "inputs", "outputs", "synchronizationStatus"] as const),
];

/** The steps, their order and templates, without the container's details. */
function briefTemplates(templates: readonly WorkflowTemplate[]): readonly WorkflowTemplate[] {
  return templates.flatMap<WorkflowTemplate>(({ name, dag, container, ...rest }) => {
    if (name === TEMPLATE.steps) {
      return [{ name, dag: { tasks: (dag?.tasks ?? []).map((task) => pick(task, ["name", "template", "depends"])) } }];
    }
    const args = container?.args === undefined ? {} : { container: { args: container.args.slice(0, 1) } };
    return isPart(name, "run") ? [{ name, ...rest, ...args }] : [];
  });
}

/** What is kept in memory of a schedule, in case it is deleted. @param made When it was first made, milliseconds. */
export function briefCron({ metadata, spec }: CronWorkflow, made: number): CronWorkflow {
  const settings = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => key.startsWith("nightlane/") && !key.startsWith(ACT_PREFIX),
  );
  return {
    metadata: {
      ...pick(metadata, ["name", "namespace"]),
      creationTimestamp: new Date(made).toISOString(),
      annotations: Object.fromEntries(settings),
    },
    spec: {
      ...pick(spec, ["schedules", "timezone"]),
      workflowSpec: { workflowTemplateRef: { name: spec.workflowSpec.workflowTemplateRef.name } },
    },
  };
}

function pick<Value extends object, Key extends keyof Value>(value: Value, keys: readonly Key[]): Pick<Value, Key> {
  const kept = keys.filter((key) => value[key] !== undefined).map((key) => [key, value[key]]);
  return Object.fromEntries(kept) as Pick<Value, Key>;
}
