import { readFileSync, realpathSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Problem } from "../definition/problem.ts";
import { comparedDates } from "./compared-dates.ts";
import { compileLibrary } from "./compile.ts";
import { decode, MOST_OBJECTS } from "./decode.ts";
import type { Ended, Outcome } from "./encoded.ts";
import { EvaluationProcess, START_MILLISECONDS } from "./evaluation-process.ts";
import { KNOWN_AT_NIGHT } from "./known-at-night.ts";
import { loadProblem } from "./load-problem.ts";
import { certificates, compileCustomer, compileShared, type Module } from "./modules.ts";
import { refusedImport } from "./refused-import.ts";
import { type Position, propertyAt, withoutFault } from "./without-fault.ts";

/** How long a file may take: it describes a customer, and computes next to nothing. */
const FILE_MILLISECONDS = 5_000;

/** How long the rest of a file may take once something in it threw: without the replaced part it may never end. */
const REST_MILLISECONDS = 1_000;

/** More mistakes in one file than anybody fixes at once. */
const MOST_FAULTS = 20;

const LIBRARY = fileURLToPath(new URL("../index.ts", import.meta.url));

const evaluationProcess = new EvaluationProcess();

/** The outcome of a customer file. */
export interface Evaluation {
  /** What defineCustomer made, not yet checked, with REPORTED in place of what threw. @default - nothing */
  readonly made?: unknown;
  /** What prevented it; empty where nothing did. */
  readonly problems: readonly Problem[];
}

/**
 * Evaluates a customer file in a process of its own, without environment, files and network. Where an expression
 * throws, the file is evaluated again without it, so that everything wrong can be reported together.
 * @param shown How the file is named to people.
 */
export async function evaluateFile(file: string, shown: string, milliseconds = FILE_MILLISECONDS): Promise<Evaluation> {
  const beside: Problem[] = [];
  const { problems, ...evaluation } = await evaluated(file, shown, milliseconds, beside);
  return { ...evaluation, problems: [...problems, ...beside] };
}

/** @param beside Collects problems that do not prevent the evaluation. */
async function evaluated(file: string, shown: string, milliseconds: number, beside: Problem[]): Promise<Evaluation> {
  const place = realpathSync(file);
  const { modules: shared, refused } = await compileShared(place, shown);
  const problems: Problem[] = [];
  let text = readFileSync(place, "utf8");
  for (;;) {
    const own = await compileCustomer(text, place, shown);
    if ("problem" in own) {
      return { problems: or(problems, own.problem) };
    }
    if (problems.length === 0) {
      beside.push(...own.twice.map((position) => writtenTwice(text, position)));
      beside.push(...comparedDates(text).map((position) => comparedDate(text, position)));
    }
    const modules = new Map([...shared, [place, own] as const]);
    const outcome = await evaluate(place, modules, problems.length === 0 ? milliseconds : REST_MILLISECONDS);
    if ("definition" in outcome) {
      const made = decode(outcome.definition);
      return made === undefined ? { problems: or(problems, tooMuch(shown)) } : { made, problems };
    }
    if (!("stack" in outcome)) {
      const where = shared.size === 0 ? shown : `${shown}, and in what it imports of ${dirname(shown)}/shared,`;
      return { problems: or(problems, withoutDefinition(outcome, where, milliseconds)) };
    }
    const position = positionIn(outcome.stack, place, own);
    if (position === undefined && problems.length > 0) {
      // An error without a place in the file is a consequence of a part that was left out.
      return { problems };
    }
    const fault = position && withoutFault(text, position);
    problems.push(problemOf(outcome, { place, modules, refused, position, property: fault?.property }));
    if (fault === undefined || problems.length === MOST_FAULTS) {
      return { problems };
    }
    text = fault.rest;
  }
}

function writtenTwice(text: string, position: Position): Problem {
  const property = propertyAt(text, position);
  const line = position.line + 1;
  const rule = "each property of an object once: the first one would be dropped silently";
  return { property, received: "the same property a second time", rule, fix: "remove one of the two", line };
}

function comparedDate(text: string, position: Position): Problem {
  const received = "night.businessDate, compared while the file is read";
  return { property: propertyAt(text, position), received, ...KNOWN_AT_NIGHT, line: position.line + 1 };
}

/** The problems found so far, or, if there are none, the last one, which otherwise may only be their consequence. */
function or(problems: readonly Problem[], last: Problem): readonly Problem[] {
  return problems.length === 0 ? [last] : problems;
}

async function evaluate(place: string, modules: ReadonlyMap<string, Module>, milliseconds: number): Promise<Outcome> {
  const code = { ...Object.fromEntries([...modules].map(([at, { code }]) => [at, code])), ...certificates(place) };
  const libraries = [LIBRARY, realpathSync(LIBRARY), resolve(dirname(place), "../constructs/index.ts")];
  return await evaluationProcess.evaluate({ modules: code, libraries, place, milliseconds }, await compileLibrary());
}

function tooMuch(shown: string): Problem {
  return {
    property: "(file)",
    received: `more than ${MOST_OBJECTS} lists and objects`,
    rule: "a file that only describes a customer: a night of 400 steps has some thousands",
    fix: `look in ${shown} for what makes so many`,
  };
}

/** A file that threw nothing and defines no customer. */
function withoutDefinition(
  outcome: Ended | Extract<Outcome, { readonly other: unknown }>,
  shown: string,
  milliseconds: number,
): Problem {
  if ("ended" in outcome) {
    return withoutEnd(outcome, shown, milliseconds);
  }
  return {
    property: "export default",
    received: outcome.other === "nothing" ? "nothing" : "something that defineCustomer did not make",
    rule: "a customer file's default export is its definition",
    fix: "write export default defineCustomer({ ... })",
  };
}

function withoutEnd({ ended }: Ended, shown: string, milliseconds: number): Problem {
  if (ended === "start") {
    return {
      property: "(file)",
      received: `no beginning within ${START_MILLISECONDS / 1000} s`,
      rule: "a customer file is evaluated in a process of its own, which a machine starts within seconds",
      fix: "look for what keeps this machine's processors or disks busy, then run the same again",
    };
  }
  return {
    property: "(file)",
    received: ended === "time" ? `no end within ${milliseconds / 1000} s` : "more memory than a customer file may take",
    rule: "a file that only describes a customer: that takes milliseconds and a few megabytes",
    fix: `look in ${shown} for a loop that does not end, or creates too much`,
  };
}

interface Thrown {
  readonly place: string;
  readonly modules: ReadonlyMap<string, Module>;
  /** Shared files that cannot be read, by place. */
  readonly refused: ReadonlyMap<string, Problem>;
  /** Where in the customer's own file. */
  readonly position: Position | undefined;
  readonly property: string | undefined;
}

/** What threw, and where: in the customer's file, or in a shared one that it imports or calls. */
function problemOf(
  outcome: Extract<Outcome, { readonly stack: string }>,
  { place, modules, refused, position, property = "(code)" }: Thrown,
): Problem {
  const [thrower = place] = [...modules.keys()]
    .filter((module) => outcome.stack.includes(`${module}:`))
    .sort((one, other) => outcome.stack.indexOf(`${one}:`) - outcome.stack.indexOf(`${other}:`));
  const { shown } = modules.get(thrower) as Module;
  const unread = "refusedImport" in outcome ? refused.get(resolve(dirname(thrower), outcome.refusedImport)) : undefined;
  if (unread !== undefined) {
    return unread;
  }
  const own = thrower === place ? position : positionIn(outcome.stack, thrower, modules.get(thrower) as Module);
  const common =
    "refusedImport" in outcome
      ? refusedImport(outcome.refusedImport, thrower, shown)
      : loadProblem(outcome, own?.line, shown);
  if (own === undefined) {
    return { ...common, property: "(file)" };
  }
  return thrower === place
    ? { ...common, property, line: own.line + 1 }
    : {
        ...common,
        property: `${shown}:${own.line + 1}`,
        ...(position === undefined ? {} : { line: position.line + 1 }),
      };
}

/** The place in a module's text where an error occurred. */
function positionIn(stack: string, place: string, { map }: Module): Position | undefined {
  const at = stack.indexOf(`${place}:`);
  const [, line, column] = at < 0 ? [] : (/^:(\d+):(\d+)/.exec(stack.slice(at + place.length)) ?? []);
  if (line === undefined) {
    return undefined;
  }
  const entry = new SourceMap(JSON.parse(map)).findEntry(Number(line) - 1, Number(column) - 1);
  return "originalLine" in entry ? { line: entry.originalLine, column: entry.originalColumn } : undefined;
}
