import { type Problem, received } from "../definition/problem.ts";
import { stepProperty } from "../form/step-form.ts";
import type { Step } from "../night/step.ts";
import { bringsResults, laneSource } from "../night/step-results.ts";
import { upstream } from "./upstream.ts";

/** A folder that a step writes below the night's directory, on one of the two volumes. */
interface Writer {
  readonly step: Step;
  readonly volume: "the lane's" | "the customer's";
  readonly path: string;
  readonly property: string;
}

/**
 * Every folder is written by one step, and a copy reads from the lane only what an earlier step has brought there.
 * @param flawless The steps whose own paths are valid; only these are reported.
 */
export function checkFiles(steps: readonly Step[], flawless: readonly Step[]): readonly Problem[] {
  const writers = steps.flatMap(writersOf);
  return [
    ...writers.flatMap((writer, index) =>
      flawless.includes(writer.step) ? checkOneWriter(writer, writers.slice(0, index)) : [],
    ),
    ...flawless.flatMap((step) => checkBrought(step, writers)),
  ];
}

function writersOf(step: Step): readonly Writer[] {
  const { name, work } = step;
  const property = stepProperty(name);
  switch (work.kind) {
    case "spark":
      return [
        { step, volume: "the customer's", path: name, property },
        { step, volume: "the lane's", path: name, property },
      ];
    case "job":
      return [
        { step, volume: "the customer's", path: name, property },
        ...(bringsResults(work) ? [{ step, volume: "the lane's", path: name, property } as const] : []),
      ];
    case "copyOut":
      return [{ step, volume: "the lane's", path: work.options.to ?? name, property: `${property}.to` }];
    case "copyIn":
      return work.options.to.kind === "results"
        ? [{ step, volume: "the customer's", path: work.options.to.path, property: `${property}.to` }]
        : [];
    case "exec":
    case "gate":
      return [];
  }
}

function checkOneWriter({ step, volume, path, property }: Writer, earlier: readonly Writer[]): readonly Problem[] {
  const other = earlier.find(
    (one) => one.volume === volume && one.step.name !== step.name && (isIn(one.path, path) || isIn(path, one.path)),
  );
  return other === undefined
    ? []
    : [
        {
          property,
          received: received(path),
          rule: `a separate folder on ${volume} results volume: step ${received(other.step.name)} writes ${received(other.path)} there`,
          fix: "rename one of the two",
        },
      ];
}

function checkBrought(step: Step, writers: readonly Writer[]): readonly Problem[] {
  const { work } = step;
  if (work.kind !== "copyIn") {
    return [];
  }
  if (step.sources.length > 0) {
    return [];
  }
  const from = laneSource(work.options.from);
  const before = upstream(step);
  const brings = writers.filter(
    ({ volume, path }) => volume === "the lane's" && (isIn(from, path) || isIn(path, from)),
  );
  if (brings.some((writer) => before.has(writer.step))) {
    return [];
  }
  const [bringer] = brings;
  return [
    {
      property: `${stepProperty(step.name)}.from`,
      received: received(from),
      rule: "something that an earlier step has brought into the lane: the lane's folder is empty when a night begins",
      fix:
        bringer === undefined || bringer.step === step
          ? "write the step that brings it as from:, or the `to` of a copyOut and that step as after"
          : `write from: the step ${received(bringer.step.name)}, which brings it`,
    },
  ];
}

/** Whether a path is the folder itself, or is inside it. */
function isIn(path: string, folder: string): boolean {
  return normal(path) === normal(folder) || normal(path).startsWith(`${normal(folder)}/`);
}

function normal(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
