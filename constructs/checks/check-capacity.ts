import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { type Problem, received } from "../definition/problem.ts";
import { allSound, type Sound } from "../form/form.ts";
import { cpuText, mebibytes, memoryText, millicores } from "../night/amounts.ts";
import { busiest, runnersAtOnce } from "../night/runners-at-once.ts";
import { stepMebibytes, stepMillicores } from "../night/spark-resources.ts";
import type { Step } from "../night/step.ts";
import { checkStorageClass } from "./check-cluster.ts";

/** Most runner pods of one lane at a time: each is small, but a typo must not take the whole cluster. */
const MOST_RUNNERS = 1000;

/** What the lane uses of the central cluster regardless of the night. */
export function checkLane({ lane }: CustomerDefinition, sound: Sound = allSound): readonly Problem[] {
  const problems: Problem[] = [];
  if (sound("lane.runners") && (!Number.isInteger(lane.runners) || lane.runners < 1 || lane.runners > MOST_RUNNERS)) {
    problems.push({
      property: "lane.runners",
      received: received(lane.runners),
      rule: `a whole number from 1 to ${MOST_RUNNERS}: lanes share the nodes of the central cluster`,
      fix: "leave it out, and it is derived from the night",
    });
  }
  if (sound("lane.resultsSize") && !(mebibytes(lane.resultsSize) > 0)) {
    problems.push({
      property: "lane.resultsSize",
      received: received(mebibytes(lane.resultsSize)),
      rule: "more than zero",
      fix: "write for instance Size.gibibytes(20)",
    });
  }
  if (sound("lane.resultsStorageClass")) {
    problems.push(...checkStorageClass(lane.resultsStorageClass, "lane.resultsStorageClass"));
  }
  return problems;
}

/** Whether the night's busiest moment fits into the lane's quota and the customer's cluster. */
export function checkCapacity(definition: CustomerDefinition): readonly Problem[] {
  const { workflow, lane, cluster } = definition;
  const peak = (weight: (step: Step) => number): number => busiest(workflow.steps, weight, workflow.stepsAtOnce);
  const problems: Problem[] = [];
  const runners = runnersAtOnce(workflow.steps, workflow.stepsAtOnce);
  if (runners > lane.runners) {
    problems.push({
      property: "lane.runners",
      received: received(lane.runners),
      rule: `at least the steps that may run side by side, ${runners}: those beyond it would wait for the quota and start late without notice`,
      fix: `leave it out, and it is derived from the night; or write at least ${runners}`,
    });
  }
  const cpu = peak(stepMillicores);
  const cpuCapacity = millicores(cluster.capacity.cpu);
  if (cpuCapacity > 0 && cpu > cpuCapacity) {
    problems.push({
      property: "cluster.capacity.cpu",
      received: cpuText(cpuCapacity),
      rule: `at least the night's parallel peak of drivers, executors and jobs, ${cpuText(cpu)}: Spark would wait for executors that never come`,
      fix: "use fewer executors, write stepsAtOnce, add edges between steps, or raise the capacity if the cluster has it",
    });
  }
  const memory = peak(stepMebibytes);
  const memoryCapacity = mebibytes(cluster.capacity.memory);
  if (memoryCapacity > 0 && memory > memoryCapacity) {
    problems.push({
      property: "cluster.capacity.memory",
      received: memoryText(memoryCapacity),
      rule: `at least the night's parallel peak of drivers, executors and jobs, ${memoryText(memory)}: Spark would wait for executors that never come`,
      fix: "use smaller executors, write stepsAtOnce, add edges between steps, or raise the capacity if the cluster has it",
    });
  }
  return problems;
}
