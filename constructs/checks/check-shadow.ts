import { type Problem, received } from "../definition/problem.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";

/** A shadow night has something to compute. */
export function checkShadow({ shadow, steps, declared }: RiskWorkflow): readonly Problem[] {
  if (!shadow || steps.length > 0 || declared.length === 0) {
    return [];
  }
  return [
    {
      property: "workflow.shadow",
      received: received(shadow),
      rule: "a shadow night has at least one step: commands in applications and gates are left out unless they say inShadow",
      mend: "write inShadow: true in each step that writes nothing but below night.path(...)",
    },
  ];
}
