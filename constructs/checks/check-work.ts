import { Duration } from "cdk8s";
import { isPrintable } from "../definition/printable.ts";
import { type Problem, received } from "../definition/problem.ts";
import { isSecretUnder } from "../definition/secret-shape.ts";
import { durationText } from "../night/amounts.ts";
import type { CustomerPath } from "../night/customer-path.ts";
import { readPlace } from "../night/result-place.ts";
import { JOB_SIZES, SPARK_SIZES } from "../night/spark-resources.ts";
import {
  isResultValue,
  type JobOptions,
  type ResultValue,
  type SparkOptions,
  Step,
  type StepWork,
  type Word,
} from "../night/step.ts";
import { bringsResults } from "../night/step-results.ts";
import { STEP_TIMEOUT } from "../workflow/step-document.ts";
import { checkAppLabels } from "./check-app-labels.ts";
import { checkFigures } from "./check-figures.ts";
import { checkGate } from "./check-gate.ts";
import { checkImage } from "./check-image.ts";
import { checkPlaceholders } from "./check-placeholders.ts";
import { checkJobSettings } from "./check-pod-settings.ts";
import { checkSparkApp, checkSparkSettings } from "./check-spark.ts";
import { checkTexts, secretProblem } from "./check-texts.ts";
import { isBelow } from "./is-below.ts";
import { outsidePods } from "./pod-results.ts";

/** More pods than any cluster has room for. */
const MOST_PODS = 1000;

/** Linux accepts no argument longer than 128 KiB. */
const LONGEST_WORD = 100_000;

/** The work of one step. `property` is how the step is named in a message. */
export function checkWork(step: Step, property: string): readonly Problem[] {
  const { work } = step;
  const found = [...checkDuration("timeout", work.options.timeout)];
  switch (work.kind) {
    case "spark":
      found.push(...checkDuration("endWithin", work.options.endWithin), ...checkSpark(work.options));
      break;
    case "job":
      found.push(...checkDuration("endWithin", work.options.endWithin), ...checkJob(work.options));
      break;
    case "exec":
      found.push(...checkAppLabels(work.options.app, "app"), ...checkWords("command", work.options.command));
      if (work.options.command.length === 0 || work.options.command[0] === "") {
        const rule = "a program and its arguments";
        found.push(problem("command", work.options.command, rule, 'write for instance ["/bin/true"]'));
      }
      found.push(...checkProgram(work.options.command[0]));
      break;
    case "copyIn":
      found.push(
        ...(work.options.from instanceof Step ? [] : checkLanePath("from", work.options.from)),
        ...checkCustomerPath("to", work.options.to),
        ...(work.options.to.kind === "results" ? checkOwnNames("to", work.options.to.path) : []),
      );
      break;
    case "copyOut":
      found.push(
        ...(work.options.from instanceof Step ? [] : checkCustomerPath("from", work.options.from)),
        ...(work.options.to === undefined ? [] : checkLanePath("to", work.options.to)),
        ...checkOwnNames("to", work.options.to ?? ""),
      );
      break;
    case "gate":
      found.push(...checkGate(work.options));
      if (work.options.timeout !== undefined) {
        const rule = "no timeout on a gate: it waits for as long as a person takes, without a runner";
        found.push(problem("timeout", durationText(work.options.timeout), rule, "remove it"));
      }
      break;
  }
  return [
    ...found.map((one) => ({ ...one, property: `${property}.${one.property}` })),
    ...checkPlaceholders(work.options, property),
    ...checkTexts(work.options, property),
  ];
}

function problem(property: string, value: unknown, rule: string, fix: string): Problem {
  return { property, received: received(value), rule, fix };
}

/** A longer attempt would keep the following nights from starting. */
const LONGEST_ATTEMPT = Duration.days(7).toSeconds();

function checkDuration(
  property: "timeout" | "startWithin" | "endWithin",
  duration: Duration | undefined,
): readonly Problem[] {
  const seconds = duration?.toSeconds({ integral: false }) ?? 1;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_ATTEMPT) {
    return [];
  }
  return [
    problem(
      property,
      duration === undefined ? "nothing" : durationText(duration),
      "whole seconds, at least one and at most 7 days",
      "write for instance Duration.hours(4)",
    ),
  ];
}

function checkSpark(options: SparkOptions): readonly Problem[] {
  return [
    ...checkSparkApp(options),
    ...checkWords("args", options.args ?? []),
    ...checkSparkSettings(options, SPARK_SIZES),
    ...checkTimes(options),
    ...checkResults({ kind: "spark", options }),
    ...checkFigures({ kind: "spark", options }),
  ];
}

function checkJob(options: JobOptions): readonly Problem[] {
  const problems: Problem[] = [
    ...checkJobSettings(options, JOB_SIZES),
    ...checkWords("command", options.command ?? []),
    ...checkWords("args", options.args ?? []),
    ...checkTimes(options),
    ...checkResults({ kind: "job", options }),
    ...checkFigures({ kind: "job", options }),
    ...checkImage("image", options.image),
  ];
  if (options.command?.length === 0 || options.command?.[0] === "") {
    const rule = "a program and its arguments";
    problems.push(problem("command", options.command, rule, "leave it out for the image's own entrypoint"));
  }
  problems.push(...checkProgram(options.command?.[0]));
  const { parallelism = 1 } = options;
  if (!Number.isInteger(parallelism) || parallelism < 1 || parallelism > MOST_PODS) {
    const rule = `a whole number, at least 1 and at most ${MOST_PODS}`;
    problems.push(problem("parallelism", parallelism, rule, "write for instance 4"));
  }
  return problems;
}

/** No shell splits a command: as a single text it would be looked up as a program of that name. */
function checkProgram(program: Word | undefined): readonly Problem[] {
  if (typeof program !== "string" || !/\s/.test(program.trim()) || program.includes("\u0000")) {
    return [];
  }
  const words = program.trim().split(/\s+/);
  const fix = `write for instance ${JSON.stringify(words.length > 6 ? [...words.slice(0, 6), "..."] : words)}`;
  return [problem("command[0]", program, "only the program: each of its arguments is a separate text", fix)];
}

/** The list of a step's results, beside them; it does not list itself. */
const MANIFEST = "manifest.json";

/** Other characters would be misread by some shells, programs and people. */
const FOLDER = /^(?!\.{1,2}\/)[A-Za-z0-9._-]+\/$/;

/** With its slash: no file system accepts a longer name. */
const LONGEST_FOLDER = 256;

function checkResults(work: Extract<StepWork, { readonly kind: "spark" | "job" }>): readonly Problem[] {
  const { results, result } = work.options;
  if (typeof results === "string" && !(FOLDER.test(results) && results.length <= LONGEST_FOLDER)) {
    const rule =
      "true, false, or a folder within the step's own: letters, digits, dots, dashes and underscores, at most 255, and a slash at its end";
    return [problem("results", results, rule, 'write for instance "out/"')];
  }
  if (result === undefined) {
    return [];
  }
  if (!bringsResults(work)) {
    const rule = "no result file without results: there is no manifest that could list it";
    return [problem("result", result, rule, 'write results: "out/" or results: true, or remove it')];
  }
  if (isBelow(result) && !result.endsWith("/") && result !== MANIFEST) {
    const misplaced = outsidePods(work, result);
    return misplaced === undefined ? [] : [{ property: "result", ...misplaced }];
  }
  const rule = `a file among the step's results: a relative path without \`..\`, quotes and backslashes, and not ${MANIFEST}, which lists them`;
  return [problem("result", result, rule, 'write for instance "var.json"')];
}

/** How long a Job may take, and its pods to start: no pod starts in less than this. */
const LEAST_SECONDS = 30;

function checkTimes({ startWithin, timeout, endWithin }: SparkOptions | JobOptions): readonly Problem[] {
  const times = { timeout, startWithin, endWithin };
  const wrong = checkDuration("startWithin", startWithin);
  const short = Object.entries(times).filter(([, time]) => time !== undefined && seconds(time) < LEAST_SECONDS);
  if (wrong.length > 0 || short.length > 0) {
    const rule = `at least ${LEAST_SECONDS} s: no pod starts in less`;
    const fix = "write for instance Duration.minutes(15)";
    // An invalid time has been reported already.
    const tooShort = short.filter(
      ([, time]) => time !== undefined && seconds(time) >= 1 && Number.isInteger(seconds(time)),
    );
    return [...wrong, ...tooShort.map(([name, time]) => problem(name, durationText(time as Duration), rule, fix))];
  }
  const ends = [
    ["timeout", timeout ?? STEP_TIMEOUT],
    ["endWithin", endWithin],
  ] as const;
  return ends.flatMap(([name, end]) => {
    if (startWithin === undefined || end === undefined || seconds(startWithin) < seconds(end)) {
      return [];
    }
    const rule = `less than the step's ${name} (${durationText(end)}), which ends the attempt before`;
    return [problem("startWithin", durationText(startWithin), rule, "write for instance Duration.minutes(15)")];
  });
}

function seconds(duration: Duration): number {
  return duration.toSeconds({ integral: false });
}

/** A path on the lane's results volume. */
function checkLanePath(property: string, path: string): readonly Problem[] {
  if (isBelow(path)) {
    return [];
  }
  const rule = "a relative path without `..`, quotes and backslashes: it stays in the night's own directory";
  return [problem(property, path, rule, 'write for instance "limits"')];
}

/** How runners name their own files, beside those of the steps. */
const RUNNERS_OWN = /^\.|\.attempts$|\.(partial|replaced)-/;

/** Records, logs and partial copies are beside the folders that steps write. */
function checkOwnNames(property: string, path: string): readonly Problem[] {
  if (!path.split("/").some((name) => name !== "." && name !== ".." && RUNNERS_OWN.test(name))) {
    return [];
  }
  const rule =
    "no name that begins with a dot, ends with `.attempts`, or has `.partial-` or `.replaced-`: these are the runners' own";
  return [problem(property, path, rule, 'write for instance "archive"')];
}

/** Linux accepts no path longer than 4096 bytes. */
const LONGEST_POD_PATH = 1024;

/** A path on the customer's side. */
function checkCustomerPath(property: string, place: CustomerPath): readonly Problem[] {
  if (place.kind === "pod") {
    const fix = 'write for instance inPod(pricing, "/data")';
    return [
      ...checkAppLabels(place.app, `${property}.app`),
      ...(place.path.startsWith("/") && isPrintable(place.path) && place.path.length <= LONGEST_POD_PATH
        ? []
        : [problem(property, place.path, `an absolute path in the pod, at most ${LONGEST_POD_PATH} characters`, fix)]),
    ];
  }
  if (isBelow(place.path)) {
    return [];
  }
  const rule = "a relative path without `..`, quotes and backslashes: it stays in the night's own directory";
  return [problem(property, place.path, rule, 'write for instance onResults("report")')];
}

/** No program can receive an argument that contains a NUL. */
function checkWords(property: string, words: readonly Word[]): readonly Problem[] {
  return words.flatMap((word, index) =>
    isResultValue(word)
      ? checkValue(`${property}[${index}]`, word)
      : checkText(`${property}[${index}]`, word, words[index - 1]),
  );
}

function checkText(property: string, word: string, before: Word | undefined): readonly Problem[] {
  // `--password` and its value as the next argument.
  if (typeof before === "string" && /^--?[\w.-]+$/.test(before) && !/^-/.test(word) && isSecretUnder(before, word)) {
    return [secretProblem(property, `a value for ${before}`)];
  }
  if (!word.includes("\u0000") && word.length <= LONGEST_WORD) {
    return [];
  }
  const rule = `an argument as Linux accepts it: without NUL, at most ${LONGEST_WORD} characters`;
  return [problem(property, word, rule, "put longer or binary data into a file")];
}

/** Where the value is: a file among the results, and a path in it. */
function checkValue(property: string, { type, place, step }: ResultValue): readonly Problem[] {
  const read = readPlace(place);
  if (read !== undefined && isBelow(read.file)) {
    const misplaced = outsidePods(step.work, read.file);
    return misplaced === undefined ? [] : [{ property, ...misplaced }];
  }
  const rule = "a JSON file among the step's results, `#`, and the names that lead to the value, separated by dots";
  return [problem(property, place, rule, `write for instance night.${type}(varEs, "var.json#total.var")`)];
}
