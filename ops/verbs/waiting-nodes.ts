import { workflowNodes } from "../../runs/nodes.ts";
import { isWaiting, stepNodes } from "../../runs/step-nodes.ts";
import type { Workflow, WorkflowNode } from "../../runs/workflow.ts";

/** The gate at which a step is held; undefined if it is not. */
export function waitingGate(workflow: Workflow, step: string): WorkflowNode | undefined {
  return stepNodes(workflowNodes(workflow), step).gate;
}

/** The node at which a step's last attempt waits for a decision; undefined if it does not. */
export function waitingDecision(workflow: Workflow, step: string): WorkflowNode | undefined {
  const node = stepNodes(workflowNodes(workflow), step).attempts.at(-1)?.hold;
  return isWaiting(node) ? node : undefined;
}

/** The question of a gate step; undefined if it is not being asked. */
export function waitingQuestion(workflow: Workflow, step: string): WorkflowNode | undefined {
  const node = stepNodes(workflowNodes(workflow), step).attempts.at(-1)?.run;
  return isWaiting(node) ? node : undefined;
}
