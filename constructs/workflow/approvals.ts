import { type Approval, approvalsAnnotation } from "../../runs/approval.ts";
import type { Step } from "../night/step.ts";

/** The annotation by which a night's gates ask for approvals; nothing where none does. */
export function approvals(steps: readonly Step[]): Readonly<Record<string, string>> {
  const gates = steps.flatMap(({ name, work }): readonly (readonly [string, Approval])[] => {
    if (work.kind !== "gate") {
      return [];
    }
    const { approvers: group, approvals: people } = work.options;
    return group === undefined && people === undefined
      ? []
      : [[name, { people: people ?? 1, ...(group === undefined ? {} : { group }) }]];
  });
  return approvalsAnnotation(new Map(gates));
}
