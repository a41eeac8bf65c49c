import { Refusal } from "../../runs/refusal.ts";
import { RUNNER_EXIT } from "../../runs/runner-exit.ts";
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
      if (verb === "restart" && mayRunOn(step)) {
        throw new Refusal(
          "not-possible",
          `${verb}: the command of ${step.name} of ${customer} may still run, and a new attempt would run it a second time beside it`,
          `nightlane show ${customer} says where; once it has ended, nightlane retry ${customer} ${step.name}`,
        );
      }
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

/** Whether what was cancelled may go on: the next attempt ends an earlier Job first, but no earlier command. */
function mayRunOn({ kind, attemptLog }: StepStatus): boolean {
  return kind === "exec" && attemptLog.at(-1)?.exitCode === RUNNER_EXIT.LOST;
}
