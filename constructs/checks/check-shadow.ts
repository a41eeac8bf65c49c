import { type Problem, received } from "../definition/problem.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";
import { stepProperty } from "../form/step-form.ts";
import type { Step } from "../night/step.ts";

/** A shadow night must have something to compute. */
export function checkShadow({ shadow, steps, declared }: RiskWorkflow): readonly Problem[] {
  if (!shadow) {
    return [];
  }
  if (steps.length > 0 || declared.length === 0) {
    return checkReadFrom(steps);
  }
  return [
    {
      property: "workflow.shadow",
      received: received(shadow),
      rule: "a shadow night has at least one step: commands in applications and gates are left out unless they set inShadow",
      fix: "write inShadow: true in each step that writes nothing but below night.path(...)",
    },
  ];
}

/** A step of a shadow night may only read what another of its own steps leaves. */
function checkReadFrom(steps: readonly Step[]): readonly Problem[] {
  const kept = new Set(steps.map(({ name }) => name));
  return steps.flatMap((step) => {
    const read = new Set([...step.sources, ...step.values.map((value) => value.step)].map(({ name }) => name));
    return [...read]
      .filter((name) => !kept.has(name))
      .map((name) => ({
        property: `${stepProperty(step.name)}.from`,
        received: received(name),
        rule: "a step of the shadow night: this one is left out of it, since it may write outside the night's folder",
        fix: `write inShadow: true in step ${received(name)} if it writes nowhere else, or inShadow: false in step ${received(step.name)}`,
      }));
  });
}
