import type { Duration } from "cdk8s";
import type { DeployedApp } from "../definition/applications.ts";
import { type Problem, received } from "../definition/problem.ts";
import type { CustomerPath } from "../night/customer-path.ts";
import { sparkResources } from "../night/spark-resources.ts";
import type { SparkOptions, Step } from "../night/step.ts";

/** Spark refuses a heap of less than 450 MiB, of which a small JVM leaves it not all, and 384 MiB go to what is beside it. */
const LEAST_MEBIBYTES = 896;

/** What one step is to do. `property` is how the step is named in a message. */
export function checkWork(step: Step, property: string): readonly Problem[] {
  const { work } = step;
  const found = [...checkTimeout(work.options.timeout)];
  switch (work.kind) {
    case "spark":
      found.push(...checkSpark(work.options));
      break;
    case "exec":
      found.push(...checkApp(work.options.app));
      if (work.options.command.length === 0) {
        found.push(problem("command", [], "a program and its arguments", 'write for instance ["/bin/true"]'));
      }
      break;
    case "copyIn":
      found.push(...checkLanePath("from", work.options.from), ...checkCustomerPath("to", work.options.to));
      break;
    case "copyOut":
      found.push(
        ...checkCustomerPath("from", work.options.from),
        ...(work.options.to === undefined ? [] : checkLanePath("to", work.options.to)),
      );
      break;
    case "gate":
      break;
  }
  return found.map((one) => ({ ...one, property: `${property}.${one.property}` }));
}

function problem(property: string, value: unknown, rule: string, mend: string): Problem {
  return { property, received: received(value), rule, mend };
}

function checkTimeout(timeout: Duration | undefined): readonly Problem[] {
  const seconds = timeout?.toSeconds({ integral: false }) ?? 1;
  if (Number.isInteger(seconds) && seconds >= 1) {
    return [];
  }
  return [problem("timeout", `${seconds} s`, "whole seconds, at least one", "write for instance Duration.hours(4)")];
}

function checkSpark(options: SparkOptions): readonly Problem[] {
  const resources = sparkResources(options);
  const problems: Problem[] = [];
  if (!Number.isInteger(resources.executors) || resources.executors < 1) {
    problems.push(problem("executors", resources.executors, "a whole number, at least 1", "write for instance 2"));
  }
  for (const [property, amount] of [
    ["memory", resources.executorMebibytes],
    ["driverMemory", resources.driverMebibytes],
  ] as const) {
    if (!(amount >= LEAST_MEBIBYTES)) {
      const rule = `at least ${LEAST_MEBIBYTES} MiB: Spark refuses a smaller JVM heap than that leaves`;
      problems.push(problem(property, `${amount} MiB`, rule, "write for instance Size.gibibytes(2)"));
    }
  }
  for (const [property, amount] of [
    ["cpu", resources.executorMillicores],
    ["driverCpu", resources.driverMillicores],
  ] as const) {
    if (!(amount > 0)) {
      problems.push(problem(property, `${amount}m`, "more than zero", "write for instance Cpu.units(1)"));
    }
  }
  if (options.result !== undefined && !isBelow(options.result)) {
    const rule = "a file in the step's own directory: a relative path without `..`";
    problems.push(problem("result", options.result, rule, 'write for instance "var.json"'));
  }
  return problems;
}

function checkApp(app: DeployedApp): readonly Problem[] {
  if (Object.keys(app.labels).length > 0) {
    return [];
  }
  const rule = "at least one label: without one any pod of the namespace would be entered, a Spark driver too";
  const mend = 'write for instance deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } })';
  return [problem("app.labels", app.labels, rule, mend)];
}

/** A path on the lane's results volume. */
function checkLanePath(property: string, path: string): readonly Problem[] {
  if (isBelow(path)) {
    return [];
  }
  const rule = "a relative path without `..`: it stays in the night's own directory";
  return [problem(property, path, rule, 'write for instance "limits"')];
}

/** A path on the customer's side. */
function checkCustomerPath(property: string, place: CustomerPath): readonly Problem[] {
  if (place.kind === "pod") {
    const mend = 'write for instance inPod(pricing, "/data")';
    return [
      ...checkApp(place.app).map((one) => ({ ...one, property: `${property}.${one.property}` })),
      ...(place.path.startsWith("/") ? [] : [problem(property, place.path, "an absolute path in the pod", mend)]),
    ];
  }
  if (isBelow(place.path)) {
    return [];
  }
  const rule = "a relative path without `..`: it stays in the night's own directory";
  return [problem(property, place.path, rule, 'write for instance onResults("report")')];
}

function isBelow(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !path.split("/").includes("..");
}
