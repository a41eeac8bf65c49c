import { readFileSync } from "node:fs";
import { isObject } from "./given.ts";
import { type Problem, ProblemsError, received } from "./problem.ts";

/** A file of settings, and how mistakes in it are told. */
export interface JsonFile {
  readonly file: string;
  /**
   * How messages call it.
   * @default - as `file` does
   */
  readonly shown?: string;
  /** What it must be. */
  readonly rule: string;
  /** What to do where it is none of that. */
  readonly fix: string;
}

type Told = Pick<Problem, "received"> & Partial<Problem>;

/**
 * The object that a JSON file holds. Settings are read so, and not imported, because what is wrong with an import ends a
 * program before it can say what.
 * @throws ProblemsError where it cannot be read, is no JSON, or holds something else
 */
export function readJsonObject(from: JsonFile): Readonly<Record<string, unknown>> {
  return parseJsonObject(readText(from), from);
}

/**
 * The object that a file's text holds.
 * @throws ProblemsError where it is no JSON, or holds something else
 */
export function parseJsonObject(text: string, from: JsonFile): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw refusal(from, text.trim() === "" ? { received: "an empty file" } : faultOf(text));
  }
  if (!isObject(content)) {
    throw refusal(from, { received: received(content) });
  }
  return content;
}

function refusal({ file, shown = file, rule, fix }: JsonFile, told: Told): ProblemsError {
  return new ProblemsError(shown, [{ property: "(file)", rule, fix, ...told }]);
}

/** What Node says of a file that cannot be read, in plain words. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EISDIR: "a folder",
  EACCES: "a file that you may not read",
  EPERM: "a file that you may not read",
};

function readText(from: JsonFile): string {
  try {
    return readFileSync(from.file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw refusal(from, { received: UNREADABLE[code] ?? received(error instanceof Error ? error.message : error) });
  }
}

/** What is wrong with a text that is no JSON, on which line. */
function faultOf(text: string): Told {
  const at = faultAt(text);
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  if (at === text.length) {
    return { line, received: "the end of the file", fix: "write what is missing there: a brace, a bracket or a quote" };
  }
  const column = at - before.lastIndexOf("\n");
  return {
    line,
    received: `${received(text.at(at))} in column ${column}`,
    fix: correction(before, text.slice(before.lastIndexOf("\n") + 1), text.charAt(at)),
  };
}

/** What to do about the first character that does not fit. */
function correction(before: string, line: string, found: string): string {
  if (/^(<{7}|={7}|>{7})/.test(line)) {
    return "settle the merge conflict that the file still holds";
  }
  if (/[}\]]/.test(found) && before.trimEnd().endsWith(",")) {
    return "remove the comma before it: nothing follows";
  }
  if (/[/#]/.test(found)) {
    return "remove the comment: JSON has none";
  }
  return found === "'" ? 'write " instead' : "correct it there: most often a comma or a quote is missing";
}

/** Where a text stops being the beginning of any JSON: at its end, where only something is missing. */
function faultAt(text: string): number {
  let length = 1;
  while (length <= text.length && mayGoOn(text.slice(0, length))) {
    length += 1;
  }
  return length - 1;
}

function mayGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const said = String(error);
    const [, at] = /at position (\d+)/.exec(said) ?? [];
    return at === undefined ? said.includes("end of JSON input") : Number(at) >= beginning.length;
  }
}
