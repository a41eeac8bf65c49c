import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import type { WorkflowSpec } from "../../../constructs/workflow/argo.ts";
import { type Api, messageOf } from "../../support/api.ts";
import { ARGO_CONTROLLER } from "../argo-pod.ts";
import { NIGHTWATCH, type WorkflowObject } from "./lane.ts";
import { nightOf } from "./workflow-attempts.ts";

/**
 * Stores a night in a lane, as nightwatch would, and gives it the status that Argo would: one step ran, another waits
 * for a decision. A label keeps the real controller from running it.
 */
export async function storeNight(
  api: Api,
  lane: { readonly namespace: string; readonly template: Manifest },
  name: string,
): Promise<WorkflowObject> {
  const workflows = `/apis/argoproj.io/v1alpha1/namespaces/${lane.namespace}/workflows`;
  const night = nightOf(lane, name);
  const labels = { "workflows.argoproj.io/controller-instanceid": "nightlane-probe" };
  const body = { ...night, metadata: { ...night.metadata, labels } };
  const stored = await api.call({ method: "POST", path: workflows, body, as: NIGHTWATCH });
  if (stored.status !== 201) {
    throw new Error(`nightwatch cannot start a night in ${lane.namespace}: ${messageOf(stored)}`);
  }
  const answer = await api.call({
    method: "PATCH",
    path: `${workflows}/${name}`,
    body: { status: runningStatus(lane.template.spec as WorkflowSpec, name) },
    as: ARGO_CONTROLLER,
  });
  if (answer.status !== 200) {
    throw new Error(`the Argo controller cannot write a night's status in ${lane.namespace}: ${messageOf(answer)}`);
  }
  return answer.body as WorkflowObject;
}

function runningStatus(template: WorkflowSpec, workflow: string): object {
  const node = (number: number, type: string, templateName: string, more: object): [string, object] => {
    const id = `${workflow}-${number}`;
    const templateScope = `local/${workflow}`;
    return [id, { id, name: id, displayName: id, type, templateName, templateScope, phase: "Running", ...more }];
  };
  return {
    phase: "Running",
    startedAt: "2026-03-31T20:30:00Z",
    storedWorkflowTemplateSpec: template,
    nodes: Object.fromEntries([
      node(1, "Pod", "run-market", { phase: "Failed" }),
      node(2, "Suspend", "decide", {
        inputs: { parameters: [{ name: "step", value: "market" }] },
        outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
      }),
    ]),
  };
}
