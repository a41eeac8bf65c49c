import { checkCustomer } from "../../constructs/checks/check-customer.ts";
import type { SparkApp } from "../../constructs/definition/applications.ts";
import type { NightDefinition } from "../../constructs/definition/night-definition.ts";
import { ProblemsError } from "../../constructs/definition/problem.ts";
import type { NightSchedule } from "../../constructs/definition/schedule.ts";
import { withLines } from "../../constructs/definition/written-lines.ts";
import { cpuText, durationText, memoryText } from "../../constructs/night/amounts.ts";
import type { CustomerPath } from "../../constructs/night/customer-path.ts";
import { jobResources, sparkResources } from "../../constructs/night/spark-resources.ts";
import type { GateOptions, Step, StepCondition, StepWork, Word } from "../../constructs/night/step.ts";
import { customerSource } from "../../constructs/night/step-results.ts";
import { stepTimeout } from "../../constructs/workflow/step-document.ts";

/** One step as it is shown to people. */
export interface NightNode {
  readonly name: string;
  readonly kind: StepWork["kind"];
  /** Names of the steps it waits for. */
  readonly after: readonly string[];
  /** Business dates on which it runs; every one where undefined. */
  readonly when: StepCondition | undefined;
  /** What it does and with which sizes, one short fact each. */
  readonly facts: readonly string[];
  /** Length of the longest path to it from a step that starts with the night, which has 0. */
  readonly rank: number;
}

/** A customer's night as it is shown to people. */
export interface NightGraph {
  /** Name of the customer for people. */
  readonly title: string;
  /** When the night starts and should have ended. */
  readonly times: string;
  /** In the order of the file. */
  readonly nodes: readonly NightNode[];
}

/**
 * Derives the night's graph from a definition.
 * @param where Name of the customer's file, for the message.
 * @throws ProblemsError if the definition has mistakes: the picture of a night that cannot run would mislead.
 */
export function nightGraph(definition: NightDefinition, where: string): NightGraph {
  const problems = checkCustomer(definition);
  if (problems.length > 0) {
    throw new ProblemsError(where, withLines(definition, problems));
  }
  const { schedule, finishBy, stepsAtOnce, steps, declared, shadow } = definition.workflow;
  const kept = new Set(steps.map(({ name }) => name));
  const left = declared.map(({ name }) => name).filter((name) => !kept.has(name));
  const ranks = new Map<Step, number>();
  return {
    title: [definition.displayName, definition.pipeline, shadow ? "shadow night" : undefined]
      .filter((part) => part !== undefined)
      .join(", "),
    times: `starts ${schedule.start} ${schedule.timezone}, calendar ${schedule.calendar}${weekendText(schedule)}${onText(schedule)}, due ${finishBy}${atOnceText(stepsAtOnce)}${leftOut(left)}`,
    nodes: steps.map((step) => ({
      name: step.name,
      kind: step.work.kind,
      after: [...new Set(step.after.map(({ name }) => name))],
      when: step.work.options.when,
      facts: factsOf(step),
      rank: rankOf(step, ranks),
    })),
  };
}

/** The days that nights are for, where they are not for all business days. */
function onText({ on }: NightSchedule): string {
  return on === undefined ? "" : `, on ${typeof on === "string" ? on : on.join(", ")}`;
}

/** Days off, where they are not those of the calendar. */
function weekendText({ weekend }: NightSchedule): string {
  return weekend === undefined ? "" : `, off on ${weekend.join(" and ")}`;
}

function atOnceText(steps: number | undefined): string {
  return steps === undefined ? "" : `, at most ${steps} ${steps === 1 ? "step" : "steps"} at once`;
}

/** Steps that a shadow night leaves out, because they may write where others read. */
function leftOut(names: readonly string[]): string {
  return names.length === 0 ? "" : `; left out: ${names.join(", ")}`;
}

function rankOf(step: Step, ranks: Map<Step, number>): number {
  const rank = ranks.get(step) ?? Math.max(-1, ...step.after.map((upstream) => rankOf(upstream, ranks))) + 1;
  ranks.set(step, rank);
  return rank;
}

/** The last part of an image's name, without its digest. */
function imageName(image: string): string {
  return image.replace(/@.*$/, "").split("/").at(-1) ?? image;
}

/** What a person calls the program: its file or its class. */
function programOf({ main, mainClass }: SparkApp): string {
  return main?.split("/").at(-1) ?? mainClass?.split(".").at(-1) ?? "";
}

function factsOf(step: Step): readonly string[] {
  const { work } = step;
  switch (work.kind) {
    case "spark": {
      const { executors, executorPod } = sparkResources(work.options);
      const program = programOf(work.options.app);
      const bounds = work.options.dynamicAllocation;
      const count = bounds === undefined ? `${executors}` : `${bounds.min} to ${bounds.max}`;
      const size = `${count} x ${memoryText(executorPod.mebibytes)}, ${cpuText(executorPod.millicores)}`;
      return [program, size, limit(step)];
    }
    case "job": {
      const { pods, mebibytes, millicores } = jobResources(work.options);
      const program = work.options.command?.[0]?.split("/").at(-1) ?? imageName(work.options.image);
      return [program, `${pods} x ${memoryText(mebibytes)}, ${cpuText(millicores)}`, limit(step)];
    }
    case "exec":
      return [programName(work.options.command), limit(step)];
    case "copyIn":
      return [`to ${place(work.options.to)}`, limit(step)];
    case "copyOut":
      return [`from ${place(customerSource(work.options.from))}`, limit(step)];
    case "gate":
      return [peopleText(work.options)];
  }
}

function programName([program]: readonly Word[]): string {
  return typeof program === "string" ? (program.split("/").at(-1) ?? "") : "";
}

/** Whom a gate waits for: a person, or a number of people of a group. */
function peopleText({ approvers, approvals = 1 }: GateOptions): string {
  if (approvers === undefined) {
    return approvals === 1 ? "waits for a person" : `waits for ${approvals} people`;
  }
  return approvals === 1 ? `waits for one of ${approvers}` : `waits for ${approvals} of ${approvers}`;
}

function place(path: CustomerPath): string {
  return path.kind === "results" ? path.path : `pod:${path.path}`;
}

function limit(step: Step): string {
  return `at most ${durationText(stepTimeout(step))}`;
}
