import { workflowNodes } from "./nodes.ts";
import type { WaitingPlace } from "./step-act.ts";
import { isWaiting, stepNodes } from "./step-nodes.ts";
import type { Workflow, WorkflowNode } from "./workflow.ts";

/** The node at which a step waits for a person; undefined if it does not. */
export function waitingNode(workflow: Workflow, step: string, place: WaitingPlace): WorkflowNode | undefined {
  const { hold, attempts } = stepNodes(workflowNodes(workflow), step);
  const last = attempts.at(-1);
  const node = place === "hold" ? hold : place === "decision" ? last?.decision : last?.run;
  return isWaiting(node) ? node : undefined;
}
