import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { type NightDefinition, nightsOf } from "../definition/night-definition.ts";
import { type Problem, received } from "../definition/problem.ts";
import { minutesAfter, minutesOf } from "../definition/time-of-day.ts";
import { below } from "../form/form.ts";
import { mebibytes, millicores } from "../night/amounts.ts";
import { busiest, runnersAtOnce } from "../night/runners-at-once.ts";
import { stepMebibytes, stepMillicores } from "../night/spark-resources.ts";
import type { Step } from "../night/step.ts";

/**
 * Whether nights that may run side by side fit into the lane's quota and the customer's cluster together. Each counts
 * for its promised time, from its start to `finishBy`.
 */
export function checkTogether(definition: CustomerDefinition): readonly Problem[] {
  const nights = nightsOf(definition);
  return nights.slice(1).flatMap((night) => {
    const beside = nights.filter((other) => other !== night && overlap(night, other));
    return beside.length === 0 ? [] : checkBeside(definition, night, beside);
  });
}

function checkBeside(
  { cluster, lane }: CustomerDefinition,
  night: NightDefinition,
  beside: readonly NightDefinition[],
): readonly Problem[] {
  const all = [night, ...beside];
  const sum = (of: (night: NightDefinition) => number): number => all.reduce((total, one) => total + of(one), 0);
  const peak = (weight: (step: Step) => number): number =>
    sum(({ workflow }) => busiest(workflow.steps, weight, workflow.stepsAtOnce));
  const names = all.map(({ pipeline }) => pipeline ?? "the nightly ones").join(" and ");
  const needs = [
    ["lane.runners", lane.runners, sum(({ workflow }) => runnersAtOnce(workflow.steps, workflow.stepsAtOnce)), ""],
    ["cluster.capacity.cpu", millicores(cluster.capacity.cpu), peak(stepMillicores), "m"],
    ["cluster.capacity.memory", mebibytes(cluster.capacity.memory), peak(stepMebibytes), " MiB"],
  ] as const;
  return needs
    .filter(([, has, needed]) => needed > has)
    .map(([property, has, needed, unit]) => ({
      property,
      received: unit === "" ? received(has) : `${has}${unit}`,
      rule: `at least what ${names} need together at their busiest, ${needed}${unit}: ${below("furtherNights", night.pipeline ?? "")} starts before they should have ended`,
      fix: "let it start later or finish earlier, write stepsAtOnce, or raise the limit if the cluster has more",
    }));
}

const DAY = 24 * 60;

/** Whether two nights overlap between start and `finishBy`. In two time zones they may. */
function overlap({ workflow: a }: NightDefinition, { workflow: b }: NightDefinition): boolean {
  const [startA, endA, startB, endB] = [a.schedule.start, a.finishBy, b.schedule.start, b.finishBy].map(minutesOf);
  if (startA === undefined || endA === undefined || startB === undefined || endB === undefined) {
    return false;
  }
  return (
    a.schedule.timezone !== b.schedule.timezone ||
    minutesAfter(startA, startB) % DAY < minutesAfter(startA, endA) ||
    minutesAfter(startB, startA) % DAY < minutesAfter(startB, endB)
  );
}
