import { Duration } from "cdk8s";
import { isByDigest } from "../definition/images.ts";
import { isPrintable } from "../definition/printable.ts";
import { type Problem, received } from "../definition/problem.ts";
import type { CustomerPath } from "../night/customer-path.ts";
import { sparkResources } from "../night/spark-resources.ts";
import type { SparkOptions, Step } from "../night/step.ts";
import { checkAppLabels } from "./check-app-labels.ts";
import { checkGate } from "./check-gate.ts";
import { checkPlaceholders } from "./check-placeholders.ts";

/** Spark refuses a heap of less than 450 MiB, of which a small JVM leaves it not all, and 384 MiB go to what is beside it. */
const LEAST_MEBIBYTES = 896;

/** More would ask of any cluster what it does not have. */
const MOST_EXECUTORS = 10_000;

/** Linux takes no longer argument than 128 KiB. */
const LONGEST_WORD = 100_000;

/** What one step is to do. `property` is how the step is named in a message. */
export function checkWork(step: Step, property: string): readonly Problem[] {
  const { work } = step;
  const found = [...checkTimeout(work.options.timeout)];
  switch (work.kind) {
    case "spark":
      found.push(...checkSpark(work.options));
      break;
    case "exec":
      found.push(...checkAppLabels(work.options.app, "app"), ...checkWords("command", work.options.command));
      if (work.options.command.length === 0 || work.options.command[0] === "") {
        const rule = "a program and its arguments";
        found.push(problem("command", work.options.command, rule, 'write for instance ["/bin/true"]'));
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
      found.push(...checkGate(work.options));
      break;
  }
  return [
    ...found.map((one) => ({ ...one, property: `${property}.${one.property}` })),
    ...checkPlaceholders(work.options, property),
  ];
}

function problem(property: string, value: unknown, rule: string, mend: string): Problem {
  return { property, received: received(value), rule, mend };
}

/** No attempt of a night takes longer; a night that did would keep the next ones from starting. */
const LONGEST_ATTEMPT = Duration.days(7).toSeconds();

function checkTimeout(timeout: Duration | undefined): readonly Problem[] {
  const seconds = timeout?.toSeconds({ integral: false }) ?? 1;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_ATTEMPT) {
    return [];
  }
  return [
    problem(
      "timeout",
      `${seconds} s`,
      "whole seconds, at least one and at most 7 days",
      "write for instance Duration.hours(4)",
    ),
  ];
}

function checkSpark(options: SparkOptions): readonly Problem[] {
  const resources = sparkResources(options);
  const problems: Problem[] = [...checkProgram(options), ...checkWords("args", options.args ?? [])];
  if (!Number.isInteger(resources.executors) || resources.executors < 1 || resources.executors > MOST_EXECUTORS) {
    const rule = `a whole number, at least 1 and at most ${MOST_EXECUTORS}`;
    problems.push(problem("executors", resources.executors, rule, "write for instance 2"));
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

/** A path on the lane's results volume. */
function checkLanePath(property: string, path: string): readonly Problem[] {
  if (isBelow(path)) {
    return [];
  }
  const rule = "a relative path without `..`, quotes and backslashes: it stays in the night's own directory";
  return [problem(property, path, rule, 'write for instance "limits"')];
}

/** A path on the customer's side. */
function checkCustomerPath(property: string, place: CustomerPath): readonly Problem[] {
  if (place.kind === "pod") {
    const mend = 'write for instance inPod(pricing, "/data")';
    return [
      ...checkAppLabels(place.app, `${property}.app`),
      ...(place.path.startsWith("/") && isPrintable(place.path)
        ? []
        : [problem(property, place.path, "an absolute path in the pod", mend)]),
    ];
  }
  if (isBelow(place.path)) {
    return [];
  }
  const rule = "a relative path without `..`, quotes and backslashes: it stays in the night's own directory";
  return [problem(property, place.path, rule, 'write for instance onResults("report")')];
}

/** The image and the program that Spark is to start in it. */
function checkProgram({ app: { image, main } }: SparkOptions): readonly Problem[] {
  const problems: Problem[] = [];
  if (!isByDigest(image)) {
    const rule = "an image by digest: a tag may be another program tomorrow";
    problems.push(problem("app.image", image, rule, "write <repository>@sha256:<64 hex digits>"));
  }
  if (!/^\/[^\p{C}]*[^\p{C}/]$/u.test(main) || main.split("/").includes("..")) {
    const rule = "the absolute path of a program in the image, without `..`";
    problems.push(
      problem("app.main", main, rule, 'write for instance riskApp("var_es.py"), or "/opt/risk/jobs/var_es.py"'),
    );
  }
  return problems;
}

/** No program can be given a text that holds a NUL. */
function checkWords(property: string, words: readonly string[]): readonly Problem[] {
  return words.flatMap((word, index) =>
    word.includes("\u0000") || word.length > LONGEST_WORD
      ? [
          problem(
            `${property}[${index}]`,
            word,
            `an argument as Linux takes it: without NUL, at most ${LONGEST_WORD} characters`,
            "put what is longer or binary into a file",
          ),
        ]
      : [],
  );
}

function isBelow(path: string): boolean {
  return (
    isPrintable(path) &&
    !path.startsWith("/") &&
    !path.split("/").includes("..") &&
    !/["\\]/.test(path) &&
    path.split("/").some((part) => part !== "" && part !== ".")
  );
}
