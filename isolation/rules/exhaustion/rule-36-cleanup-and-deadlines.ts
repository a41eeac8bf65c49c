import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { type Fields, fields, fieldsList, text } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Kinds of templates that run a pod or wait for something outside. */
const RUNNING = ["container", "script", "containerSet", "resource", "http", "plugin", "data"];

/** Kinds that hold a workflow's specification themselves or below a field. */
const SPECIFICATION: Readonly<Record<string, (spec: Fields) => Fields>> = {
  Workflow: (spec) => spec,
  WorkflowTemplate: (spec) => spec,
  ClusterWorkflowTemplate: (spec) => spec,
  CronWorkflow: (spec) => fields(spec.workflowSpec),
};

export const cleanupAndDeadlines: Rule = {
  number: 36,
  name: "cleanup-and-deadlines",
  info: "A workflow is not removed after its end, its pods stay, or one of its nodes may run without end.",
  explanation:
    "Finished workflows and pods are what fills a lane's quota and the API server's store: the night that cannot start is tomorrow's. A node without a deadline holds its pod until somebody looks. There is no deadline for the workflow as a whole, on purpose: it would end a night that waits for a person.",
  unit: "workflow specifications",
  check(view, inspection) {
    for (const { manifest } of view.objects) {
      const specification = SPECIFICATION[manifest.kind]?.(fields(manifest.spec));
      if (specification !== undefined) {
        inspection.examine();
        checkSpecification(manifest, specification, inspection);
      }
    }
  },
};

function checkSpecification(manifest: Manifest, spec: Fields, inspection: Inspection): void {
  const object = objectName(manifest);
  // A schedule takes these from the template that it refers to, unless it sets them itself.
  const refers = spec.workflowTemplateRef !== undefined;
  if ((!refers || spec.ttlStrategy !== undefined) && !removes(fields(spec.ttlStrategy))) {
    inspection.report(
      object,
      "has no ttlStrategy that removes it in every case",
      "write ttlStrategy.secondsAfterCompletion",
    );
  }
  if ((!refers || spec.podGC !== undefined) && !/^OnPod|^OnWorkflow/.test(text(fields(spec.podGC).strategy) ?? "")) {
    inspection.report(object, "has no podGC", "write podGC.strategy: OnPodCompletion");
  }
  for (const template of fieldsList(spec.templates)) {
    const runs = RUNNING.some((kind) => template[kind] !== undefined);
    const deadline = template.activeDeadlineSeconds;
    if (runs && !(typeof deadline === "number" && deadline > 0)) {
      inspection.report(
        object,
        `template ${text(template.name) ?? ""} has no activeDeadlineSeconds`,
        "give the step a timeout: the deadline follows from it",
      );
    }
  }
}

function removes(ttl: Fields): boolean {
  const positive = (value: unknown): boolean => typeof value === "number" && value > 0;
  return (
    positive(ttl.secondsAfterCompletion) || (positive(ttl.secondsAfterSuccess) && positive(ttl.secondsAfterFailure))
  );
}
