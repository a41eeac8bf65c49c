import { readFileSync } from "node:fs";
import { isObject } from "../../runs/json.ts";
import { type Problem, ProblemsError, received } from "./problem.ts";

/** A file of settings, and how mistakes in it are reported. */
export interface JsonFile {
  readonly file: string;
  /**
   * Its name in messages.
   * @default - as `file` does
   */
  readonly shown?: string;
  /** What it must be. */
  readonly rule: string;
  /** What to do where it is not. */
  readonly fix: string;
}

type Mistake = Pick<Problem, "received"> & Partial<Problem>;

/**
 * The object in a JSON file. Settings are read this way, and not imported, because a failing import ends a program
 * before it can report what is wrong.
 * @throws ProblemsError where it cannot be read, is not JSON, or holds something else
 */
export function readJsonObject(from: JsonFile): Readonly<Record<string, unknown>> {
  return parseJsonObject(readText(from), from);
}

/**
 * The object in a file's text.
 * @throws ProblemsError where it is not JSON, or holds something else
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

function refusal({ file, shown = file, rule, fix }: JsonFile, mistake: Mistake): ProblemsError {
  return new ProblemsError(shown, [{ property: "(file)", rule, fix, ...mistake }]);
}

/** Node's error for a file that cannot be read, in plain words. */
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

/** What is wrong with a text that is not JSON, and on which line. */
function faultOf(text: string): Mistake {
  const at = faultAt(text);
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  if (at === text.length) {
    return { line, received: "the end of the file", fix: "add what is missing there: a brace, a bracket or a quote" };
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
    return "resolve the merge conflict in the file";
  }
  if (/[}\]]/.test(found) && before.trimEnd().endsWith(",")) {
    return "remove the comma before it: nothing follows";
  }
  if (/[/#]/.test(found)) {
    return "remove the comment: JSON has none";
  }
  return found === "'" ? 'write " instead' : "correct it there: usually a comma or a quote is missing";
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
