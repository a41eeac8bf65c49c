import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Step } from "../../constructs/night/step.ts";
import { customerWithSteps, smallSpark } from "./customer.ts";

/**
 * How the steps of a loop depend on each other: not at all, each on all of the layer before, each on the one before.
 */
export type Shape = "apart" | "layers" | "chain";

const LAYER = 20;

/** A night of a loop over portfolios: Spark steps that differ in names and arguments. */
export function loopedNight(shape: Shape, count: number): CustomerDefinition {
  return customerWithSteps((night) => {
    const steps: Step[] = [];
    for (let portfolio = 0; portfolio < count; portfolio += 1) {
      const args = ["--portfolio", `p${portfolio}`, "--date", night.businessDate];
      const after = before(shape, steps);
      steps.push(night.spark(`reval-${String(portfolio).padStart(3, "0")}`, smallSpark({ args, after })));
    }
  });
}

function before(shape: Shape, steps: readonly Step[]): readonly Step[] {
  if (shape === "apart") {
    return [];
  }
  const layer = Math.floor(steps.length / LAYER) * LAYER;
  return shape === "chain" ? steps.slice(-1) : steps.slice(Math.max(0, layer - LAYER), layer);
}
