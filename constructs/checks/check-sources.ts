import { type Problem, received } from "../definition/problem.ts";
import { stepProperty } from "../form/step-form.ts";
import type { Step } from "../night/step.ts";
import { leftAtCustomer, leftInLane, resultsFolder } from "../night/step-results.ts";
import { NIGHT_DIRECTORY } from "../night/tokens.ts";
import { upstream } from "./upstream.ts";

/**
 * A step reads only what an earlier one leaves: the steps named in `from`, and those whose results its texts
 * refer to.
 * @param flawless The only steps that are reported.
 */
export function checkSources(steps: readonly Step[], flawless: readonly Step[]): readonly Problem[] {
  const before = new Map(steps.map((step) => [step, upstream(step)]));
  const isBefore = (one: Step, other: Step): boolean => before.get(other)?.has(one) === true;
  return flawless.flatMap((step) => [
    ...checkLeft(step),
    ...checkValues(step),
    ...checkThere(step),
    ...checkOwnFolder(step, steps),
    ...checkOrder(
      step,
      steps.filter((other) => other !== step && !isBefore(other, step) && !isBefore(step, other)),
    ),
  ]);
}

/** Whether every step in `from` leaves something to read. */
function checkLeft(step: Step): readonly Problem[] {
  const inLane = step.work.kind === "copyIn";
  return step.sources
    .filter((source) => (inLane ? leftInLane(source) : leftAtCustomer(source)) === undefined)
    .map((source) => ({
      property: `${stepProperty(step.name)}.from`,
      received: received(source.name),
      rule: inLane
        ? "a step that brings files to the lane: a copyOut, or a Spark step or job with results"
        : "a step that leaves results on the customer's results volume: a Spark step or job with results, or a copyIn to it",
      fix: `write results: "out/" in step ${received(source.name)} if it leaves files, or after: instead of from: if only the order counts`,
    }));
}

/** Whether every step whose value is used brings its results to the lane, where the runner reads it. */
function checkValues(step: Step): readonly Problem[] {
  const property = step.work.kind === "exec" ? "command" : "args";
  return step.values
    .filter((value) => leftInLane(value.step) === undefined)
    .map((value) => ({
      property: `${stepProperty(step.name)}.${property}`,
      received: `a value of step ${received(value.step.name)}`,
      rule: "a value of a step that brings results: the runner reads it from the results in the lane",
      fix: `write results: "out/" or results: true in step ${received(value.step.name)}`,
    }));
}

/** Conditions whose dates are a subset of another's: every quarter end is a month end. */
const WITHIN: Readonly<Record<string, readonly string[]>> = { "quarter-end": ["quarter-end", "month-end"] };

/** Whether every step that is read from runs on all dates of the step that reads. */
function checkThere(step: Step): readonly Problem[] {
  const { when } = step.work.options;
  const read = new Set([...step.sources, ...step.values.map((value) => value.step)]);
  return [...read].flatMap((source) => {
    const their = source.work.options.when;
    if (their === undefined || (when !== undefined && (WITHIN[when] ?? [when]).includes(their))) {
      return [];
    }
    return [
      {
        property: `${stepProperty(step.name)}.when`,
        received: received(when),
        rule: `no other dates than those of step ${received(source.name)}, from which it reads: that one runs ${their} only`,
        fix: `write when: ${received(their)}, or remove when from step ${received(source.name)}`,
      },
    ];
  });
}

/** A step that reads another's results without waiting for it may find all, half or none of them. */
function checkOrder(step: Step, besides: readonly Step[]): readonly Problem[] {
  const places = Object.entries(step.work.options).flatMap(([name, value]) =>
    texts(value)
      .filter((text) => text.includes(NIGHT_DIRECTORY))
      .map((text) => ({ name, text })),
  );
  return besides.flatMap((other) => {
    const path = places.length === 0 ? undefined : leftAtCustomer(other);
    const place = places.find(({ text }) => path !== undefined && names(text, `${NIGHT_DIRECTORY}/${path}`));
    return place === undefined ? [] : [unordered(step, other, place.name)];
  });
}

/** Finds a program whose arguments name a folder of the right name in the wrong place. */
function checkOwnFolder(step: Step, steps: readonly Step[]): readonly Problem[] {
  const folder = resultsFolder(step.work);
  if (folder === undefined) {
    return [];
  }
  const own = `${step.name}/${folder}`;
  const others = steps.filter((other) => other !== step);
  const isKnown = (path: string): boolean =>
    others.some(
      (other) =>
        leftAtCustomer(other) === path ||
        texts(Object.values(other.work.options)).some((text) => names(text, `${NIGHT_DIRECTORY}/${path}`)),
    );
  return Object.entries(step.work.options).flatMap(([name, value]) =>
    texts(value)
      .flatMap((text) => text.split(`${NIGHT_DIRECTORY}/`).slice(1))
      .map((rest) => rest.replace(/\/$/, ""))
      .filter((path) => path !== own && path.split("/").length === 2 && path.endsWith(`/${folder}`) && !isKnown(path))
      .map((path) => ({
        property: `${stepProperty(step.name)}.${name}`,
        received: `night.path(${received(path)})`,
        rule: `the folder of the step's results, ${own} below the night's directory: anything elsewhere is not brought`,
        fix: `write night.path(${received(own)}), or let the program read RESULTS_DIR`,
      })),
  );
}

function unordered(step: Step, other: Step, property: string): Problem {
  return {
    property: `${stepProperty(step.name)}.${property}`,
    received: `the results of step ${received(other.name)}`,
    rule: "results of an earlier step: the two run side by side, so they may not be there yet",
    fix: `write from: the step ${received(other.name)}`,
  };
}

function names(text: string, path: string): boolean {
  const place = text.indexOf(path);
  return place >= 0 && !/[A-Za-z0-9._-]/.test(text.charAt(place + path.length));
}

function texts(value: unknown): readonly string[] {
  if (typeof value === "string") {
    return [value];
  }
  if (Array.isArray(value)) {
    return value.flatMap(texts);
  }
  const isPlain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.values(value).flatMap(texts) : [];
}
