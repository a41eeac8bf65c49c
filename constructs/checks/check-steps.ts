import { mebibytes, millicores, sparkResources } from "../night/spark-resources.ts";
import type { Step } from "../night/step.ts";
import { type Problem, received } from "../problem.ts";
import { findCycle } from "./find-cycle.ts";

/** Longest step name: the names derived from it (templates, remote Jobs, directories) then stay readable. */
export const STEP_NAME_LIMIT = 40;

/** The steps of a night: their names, their edges, their work. */
export function checkSteps(steps: readonly Step[]): readonly Problem[] {
  if (steps.length === 0) {
    const rule = "at least one step: a night without work cannot succeed or fail";
    return [
      {
        property: "workflow.steps",
        received: "none",
        rule,
        mend: 'declare one, for instance night.spark("var-es", { ... })',
      },
    ];
  }
  return [...checkNames(steps), ...checkEdges(steps), ...steps.flatMap(checkWork)];
}

function checkNames(steps: readonly Step[]): readonly Problem[] {
  const seen = new Set<string>();
  return steps.flatMap(({ name }) => {
    const problems: Problem[] = [];
    if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > STEP_NAME_LIMIT) {
      problems.push({
        property: property(name),
        received: received(name),
        rule: `a name of lower-case letters, digits and inner dashes, starting with a letter, at most ${STEP_NAME_LIMIT} characters`,
        mend: "rename the step",
      });
    }
    if (seen.has(name)) {
      problems.push({
        property: property(name),
        received: "a second step of this name",
        rule: "a step's name is unique in the night: operators and results are found by it",
        mend: "rename one of the two",
      });
    }
    seen.add(name);
    return problems;
  });
}

function checkEdges(steps: readonly Step[]): readonly Problem[] {
  const known = new Set(steps);
  const dangling = steps.flatMap((step) =>
    step.after
      .filter((upstream) => !known.has(upstream))
      .map((upstream) => ({
        property: `${property(step.name)}.after`,
        received: received(upstream.name),
        rule: "a step of the same night: an edge to another night's step would never be satisfied",
        mend: `declare ${received(upstream.name)} in this night, or drop the edge`,
      })),
  );
  const cycle = findCycle(steps);
  if (cycle === undefined) {
    return dangling;
  }
  const path = cycle.map((step) => step.name).join(" -> ");
  const rule = "no cycle: each step of it would wait for the others for ever";
  return [...dangling, { property: "workflow.steps", received: path, rule, mend: "drop one of these edges" }];
}

function checkWork(step: Step): readonly Problem[] {
  const { work } = step;
  const problems: Problem[] = [];
  const add = (name: string, value: unknown, rule: string, mend: string): void => {
    problems.push({ property: `${property(step.name)}.${name}`, received: received(value), rule, mend });
  };
  if (work.options.timeout !== undefined && work.options.timeout.toSeconds({ integral: false }) < 1) {
    add("timeout", work.options.timeout.toHumanString(), "at least one second", "write for instance Duration.hours(4)");
  }
  if (work.kind === "spark") {
    const { executors, memory, cpu, driverMemory, driverCpu } = work.options;
    const resources = sparkResources(work.options);
    if (!Number.isInteger(resources.executors) || resources.executors < 1) {
      add("executors", executors, "a whole number, at least 1", "write for instance 2");
    }
    if (resources.executorMebibytes < 512) {
      add(
        "memory",
        `${memory ? mebibytes(memory) : 0} MiB`,
        "at least 512 MiB: a JVM and its overhead need that",
        "write for instance Size.gibibytes(2)",
      );
    }
    if (resources.driverMebibytes < 512) {
      add(
        "driverMemory",
        `${driverMemory ? mebibytes(driverMemory) : 0} MiB`,
        "at least 512 MiB: a JVM and its overhead need that",
        "write for instance Size.gibibytes(2)",
      );
    }
    if (!(resources.executorMillicores > 0)) {
      add("cpu", cpu ? millicores(cpu) : 0, "more than zero", "write for instance Cpu.units(1)");
    }
    if (!(resources.driverMillicores > 0)) {
      add("driverCpu", driverCpu ? millicores(driverCpu) : 0, "more than zero", "write for instance Cpu.units(1)");
    }
  }
  if (work.kind === "exec" && work.options.command.length === 0) {
    add("command", work.options.command, "a program and its arguments", 'write for instance ["/bin/true"]');
  }
  if (work.kind === "copyIn" && !isBelow(work.options.from)) {
    add(
      "from",
      work.options.from,
      "a relative path without `..`: it stays in the night's own directory",
      'write for instance "limits"',
    );
  }
  if (work.kind === "copyOut" && work.options.to !== undefined && !isBelow(work.options.to)) {
    add(
      "to",
      work.options.to,
      "a relative path without `..`: it stays in the night's own directory",
      'write for instance "report"',
    );
  }
  const remote = work.kind === "copyIn" ? work.options.to : work.kind === "copyOut" ? work.options.from : undefined;
  if (remote?.kind === "results" && !isBelow(remote.path)) {
    add(
      work.kind === "copyIn" ? "to" : "from",
      remote.path,
      "a relative path without `..`",
      'write for instance onResults("report")',
    );
  }
  if (remote?.kind === "pod" && !remote.path.startsWith("/")) {
    add(
      work.kind === "copyIn" ? "to" : "from",
      remote.path,
      "an absolute path in the pod",
      'write for instance inPod(pricing, "/data")',
    );
  }
  return problems;
}

function isBelow(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !path.split("/").includes("..");
}

function property(step: string): string {
  return `workflow.steps[${received(step)}]`;
}
