import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isObject } from "../definition/given.ts";
import { type Problem, received } from "../definition/problem.ts";
import { type Compiled, compileFile, compileLibrary } from "./compile.ts";
import { decode } from "./decode.ts";
import { EvaluationProcess } from "./evaluation-process.ts";
import { loadProblem } from "./load-problem.ts";
import { refusedImport, SHARED_FOLDER } from "./refused-import.ts";

/** How long a file may take: it says what a customer is, and computes next to nothing. */
const FILE_MILLISECONDS = 5_000;

const LIBRARY = fileURLToPath(new URL("../index.ts", import.meta.url));

const evaluationProcess = new EvaluationProcess();

/** What a customer file came to: a value that defineCustomer made, not yet checked, or why there is none. */
export type Evaluation = { readonly made: unknown } | { readonly problem: Problem };

/**
 * Evaluates a customer file in a process of its own, without environment, files and network. `shown` is how the file is
 * named to people.
 */
export async function evaluateFile(file: string, shown: string, milliseconds = FILE_MILLISECONDS): Promise<Evaluation> {
  const place = realpathSync(file);
  const compiled = new Map<string, Compiled>();
  for (const module of [place, ...sharedFiles(dirname(place))]) {
    const at =
      module === place ? shown : `${dirname(shown)}/${SHARED_FOLDER}/${module.slice(module.lastIndexOf("/") + 1)}`;
    const result = await compile(module, at, module === place);
    if ("problem" in result) {
      return result;
    }
    compiled.set(module, result);
  }
  const modules = {
    ...Object.fromEntries([...compiled].map(([at, { code }]) => [at, code])),
    ...certificates(place.replace(/\.ts$/, ".pem")),
  };
  const libraries = [LIBRARY, realpathSync(LIBRARY), resolve(dirname(place), "../constructs/index.ts")];
  const outcome = await evaluationProcess.evaluate({ modules, libraries, place, milliseconds }, await compileLibrary());
  if ("definition" in outcome) {
    return { made: decode(outcome.definition) };
  }
  if ("ended" in outcome) {
    const late = outcome.ended === "time";
    return problem(
      "(file)",
      late ? `no end within ${milliseconds / 1000} s` : "more memory than a customer file may take",
      "a file that only says what a customer is: that takes milliseconds and a few megabytes",
      `look in ${shown} for a loop that does not end, or makes very much`,
    );
  }
  if ("other" in outcome) {
    const shownValue = outcome.other === "nothing" ? "nothing" : "something that defineCustomer did not make";
    const rule = "a customer file's default export is its definition";
    return problem("export default", shownValue, rule, "write export default defineCustomer({ ... })");
  }
  const line = lineOf(String(outcome.stack), place, compiled.get(place));
  return {
    problem:
      "refusedImport" in outcome
        ? refusedImport(outcome.refusedImport, line === undefined ? "(file)" : `line ${line}`, place, shown)
        : loadProblem(outcome, line, shown),
  };
}

function problem(property: string, received: string, rule: string, fix: string): { readonly problem: Problem } {
  return { problem: { property, received, rule, fix } };
}

/** The certificates beside a customer file, of its name, as a module whose default is their text. */
function certificates(file: string): Readonly<Record<string, string>> {
  // A link could lead to what the process that reads it sees and a customer file must not.
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    return {};
  }
  const text = JSON.stringify(readFileSync(file, "utf8"));
  return { [file]: `module.exports = { __esModule: true, default: ${text} };` };
}

function sharedFiles(folder: string): readonly string[] {
  try {
    const shared = join(folder, SHARED_FOLDER);
    return readdirSync(shared)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(shared, name));
  } catch {
    return [];
  }
}

/** What shared files came to; they are the same for all customers. */
const compiledShared = new Map<string, Compiled>();

async function compile(file: string, shown: string, once: boolean): Promise<Compiled | { readonly problem: Problem }> {
  try {
    const source = readFileSync(file, "utf8");
    const known = once ? undefined : compiledShared.get(source);
    const compiled = known ?? (await compileFile(source));
    if (!once) {
      compiledShared.set(source, compiled);
    }
    return compiled;
  } catch (error) {
    const [fault] = isObject(error) && Array.isArray(error.errors) ? error.errors : [];
    const { text, location } = (isObject(fault) ? fault : {}) as {
      text?: string;
      location?: { line: number; lineText?: string };
    };
    const line = location === undefined ? "(file)" : `line ${location.line}`;
    const property = once ? line : `${shown}, ${line}`;
    if (text?.startsWith("Top-level await") === true) {
      const [, specifier] = /\bimport\s*\(\s*["'`]([^"'`]+)/.exec(location?.lineText ?? "") ?? [];
      const rule = "a file that is read at once: nothing in it is waited for";
      return specifier === undefined
        ? problem(property, "an await outside a function", rule, "take out the await and what it waits for")
        : { problem: refusedImport(specifier, property, file, shown) };
    }
    return problem(
      property,
      text ?? received(error instanceof Error ? error.message : error),
      "a customer file is TypeScript that can be read",
      `correct ${shown}; npx tsc --noEmit shows more`,
    );
  }
}

/** The line of the file in which an error came up. */
function lineOf(stack: string, place: string, compiled: Compiled | undefined): number | undefined {
  const at = stack.indexOf(`${place}:`);
  const [, line, column] = at < 0 ? [] : (/^:(\d+):(\d+)/.exec(stack.slice(at + place.length)) ?? []);
  if (line === undefined || compiled === undefined) {
    return undefined;
  }
  const entry = new SourceMap(JSON.parse(compiled.map)).findEntry(Number(line) - 1, Number(column) - 1);
  return "originalLine" in entry ? entry.originalLine + 1 : undefined;
}
