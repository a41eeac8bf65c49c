import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isObject } from "../../runs/json.ts";
import { type Problem, received } from "../definition/problem.ts";
import { type Compiled, compileFile } from "./compile.ts";
import { refusedImport, SHARED_FOLDER } from "./refused-import.ts";

/** A module that a file may import, and how it is named to people. */
export interface Module extends Compiled {
  readonly shown: string;
}

/** Compiles a customer's own file. @param shown How it is named to people. */
export async function compileCustomer(text: string, place: string, shown: string): Promise<Module | Refused> {
  return await compile(text, place, shown, "a customer file");
}

export interface Refused {
  readonly problem: Problem;
}

/** The outcome of shared files; they are the same for all customers. */
const compiledShared = new Map<string, Compiled>();

/** Files that customers share, by place: what can be run, and what keeps a customer that imports it from being read. */
export interface Shared {
  readonly modules: ReadonlyMap<string, Module>;
  readonly refused: ReadonlyMap<string, Problem>;
}

/** Compiles what customers share. @param shown How the customer's file is named to people. */
export async function compileShared(place: string, shown: string): Promise<Shared> {
  const modules = new Map<string, Module>();
  const refused = new Map<string, Problem>();
  for (const file of sharedFiles(dirname(place))) {
    const name = `${dirname(shown)}/${SHARED_FOLDER}/${basename(file)}`;
    const text = readFileSync(file, "utf8");
    const known = compiledShared.get(text);
    const module =
      known === undefined ? await compile(text, file, name, "a file of customers") : { ...known, shown: name };
    if ("problem" in module) {
      const { line, ...problem } = module.problem;
      refused.set(file, { ...problem, property: line === undefined ? name : `${name}:${line}` });
    } else {
      compiledShared.set(text, module);
      modules.set(file, module);
    }
  }
  return { modules, refused };
}

/** The certificates beside a customer file, with its name, as a module whose default export is their text. */
export function certificates(place: string): Readonly<Record<string, string>> {
  const file = place.replace(/\.ts$/, ".pem");
  // A link could lead to files that the reading process can see and a customer file must not.
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    return {};
  }
  const text = JSON.stringify(readFileSync(file, "utf8"));
  return { [file]: `module.exports = { __esModule: true, default: ${text} };` };
}

function sharedFiles(folder: string): readonly string[] {
  const shared = join(folder, SHARED_FOLDER);
  return lstatSync(shared, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(shared)
        .filter((name) => name.endsWith(".ts"))
        .map((name) => join(shared, name))
        // As with certificates, no link is followed.
        .filter((file) => lstatSync(file).isFile())
    : [];
}

async function compile(text: string, place: string, shown: string, what: string): Promise<Module | Refused> {
  try {
    return { ...(await compileFile(text)), shown };
  } catch (error) {
    const { text: fault, location } = faultOf(error);
    const at = location === undefined ? {} : { line: location.line };
    if (fault.startsWith("Top-level await")) {
      const [, specifier] = /\bimport\s*\(\s*["'`]([^"'`]+)/.exec(location?.lineText ?? "") ?? [];
      const problem =
        specifier === undefined
          ? {
              property: "(code)",
              received: "an await outside a function",
              rule: "a file that is read at once: it cannot wait for anything",
              fix: "remove the await and what it waits for",
            }
          : refusedImport(specifier, place, shown);
      return { problem: { ...problem, ...at } };
    }
    const rule = `${what} is TypeScript that can be read`;
    const fix = `correct ${shown}; npx tsc --noEmit shows more`;
    return { problem: { property: "(code)", received: fault, rule, fix, ...at } };
  }
}

interface CompileFault {
  readonly text: string;
  readonly location?: { readonly line: number; readonly lineText?: string };
}

/** The first of esbuild's errors, or any other error as it is. */
function faultOf(error: unknown): CompileFault {
  const [fault] = isObject(error) && Array.isArray(error.errors) ? error.errors : [];
  return isObject(fault) && typeof fault.text === "string"
    ? (fault as unknown as CompileFault)
    : { text: received(error instanceof Error ? error.message : error) };
}
