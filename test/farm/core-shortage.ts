import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { stepMillicores } from "../../constructs/night/spark-resources.ts";

/**
 * Which Spark steps of a customer request more cores than this machine has: the customer's cluster in the farm has
 * no more, so some of their executors would stay Pending.
 * @returns nothing when every step fits
 */
export function coreShortage({ name, workflow }: CustomerDefinition, cores: number): string | undefined {
  const steps = workflow.steps.flatMap((step) => {
    const millicores = stepMillicores(step);
    return millicores > cores * 1000 ? [`${step.name} (${millicores / 1000})`] : [];
  });
  return steps.length === 0
    ? undefined
    : `customers/${name}.ts: more cores than this machine's ${cores}: ${steps.join(", ")}. Executors will stay Pending; try it here with smaller cpu and driverCpu.`;
}
