import { type Problem, received } from "../definition/problem.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";
import { stepProperty } from "../form/step-form.ts";
import type { Step } from "../night/step.ts";

/** A mistake in sizes that a step has only from the night's defaults, reported where they are written. */
export function atDefaults(problem: Problem, { declared, defaults }: RiskWorkflow): Problem {
  for (const { name, work } of declared) {
    const place = `${stepProperty(name)}.onRetry`;
    if (problem.property.startsWith(`${place}.`) && (work.kind === "spark" || work.kind === "job")) {
      return isInherited(work, defaults?.[work.kind]?.onRetry)
        ? {
            ...problem,
            property: problem.property.replace(place, `workflow.defaults.${work.kind}.onRetry`),
            rule: `${problem.rule}, in step ${received(name)}`,
            fix: "correct it there, or write onRetry in the step: it replaces the one in the defaults",
          }
        : problem;
    }
  }
  return problem;
}

/** A step's own `onRetry` replaces that of the defaults as a whole. */
function isInherited(
  { options }: Extract<Step["work"], { kind: "spark" | "job" }>,
  retry: object | undefined,
): boolean {
  return retry !== undefined && JSON.stringify(options.onRetry) === JSON.stringify(retry);
}
