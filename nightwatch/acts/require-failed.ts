import { hasFailed, type NightPhase, neverStarted } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import type { NightInSight } from "./change-night.ts";

/**
 * Only a night that failed, or never started, can be waived: nothing else must be hidden from those on call.
 * @param run Its name and its outcome, as Nightlane sees it: Argo calls some nights a success in which a step never ran.
 * @throws Refusal
 */
export function requireFailed(
  { act, customer }: Pick<NightInSight, "act" | "customer">,
  { night, phase }: { readonly night: string; readonly phase: NightPhase },
): void {
  if (!hasFailed({ phase }) && !neverStarted({ phase })) {
    throw new Refusal(
      "not-possible",
      `${act.spec.verb}: ${night} of ${customer} has not failed (${phase})`,
      `nightlane show ${customer}`,
    );
  }
}
