import { Refusal } from "../../runs/refusal.ts";
import type { StepVerb } from "../../runs/step-act.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import type { Carried } from "./carried.ts";

/**
 * Progress of an act on a step that has begun; undefined if its last part is due now.
 * @param seen The attempt that the act was asked for.
 * @throws Refusal where the last part is not possible any more
 */
export function stepProgress(verb: StepVerb, step: StepStatus, customer: string, seen: number): Carried | undefined {
  const isDone = verb === "restart" ? step.attempts > seen : verb === "abort" ? step.state === "failed" : true;
  if (isDone) {
    return { phase: "Done", message: `${verb} of ${step.name} was carried out` };
  }
  switch (step.state) {
    case "deciding":
    case "retrying":
      return undefined;
    case "queued":
    case "running":
    case "confirming":
      return { phase: "Accepted", message: `${step.name} is being cancelled` };
    default:
      throw new Refusal(
        "not-possible",
        `${verb}: ${step.name} of ${customer} ended (${step.state}) before the order reached it`,
        `nightlane show ${customer}`,
      );
  }
}
