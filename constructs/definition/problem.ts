import { amountText } from "../night/amounts.ts";
import { withHiddenShown } from "./printable.ts";
import { secretShape } from "./secret-shape.ts";

/** One mistake in what a person wrote, explained so that it can be fixed without reading Nightlane's code. */
export interface Problem {
  /** Path of the property, as written in the file: `cluster.server`, `workflow.steps["var-es"].executors`. */
  readonly property: string;
  /** The value received, rendered for reading. Never a credential. */
  readonly received: string;
  /** What must hold, and why. */
  readonly rule: string;
  /** What to write instead. */
  readonly fix: string;
  /** @default - not on a line of its own, or unknown */
  readonly line?: number;
  /**
   * Which of several with the same path it is about, from 0.
   * @default 0
   */
  readonly which?: number;
}

/** A person's mistake: shown as text, never with a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/**
 * One mistake outside a customer file, reported in the same parts.
 * @param what Which file, option or variable, and what was received.
 */
export function mistake(what: string, rule: string, fix: string, options?: ErrorOptions): UserError {
  return new UserError(mistakeText(what, rule, fix), options);
}

/** The text of such a mistake. */
export function mistakeText(what: string, rule: string, fix: string): string {
  return [what, ...remedy(rule, fix)].join("\n");
}

function remedy(rule: string, fix: string): readonly string[] {
  return [`    rule: ${rule}`, `    fix: ${fix}`];
}

/**
 * Renders a value for an error message: texts quoted, long values cut, objects by the name of their class, and possible
 * secrets by their kind only. Whatever a file contains, it never throws.
 */
export function received(value: unknown): string {
  const text = withHiddenShown(described(value));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function described(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing";
    case "function":
      return "a function";
    case "bigint":
      return "a BigInt, a number with an n at its end";
    case "string":
      return secretKind(value) ?? JSON.stringify(value);
    case "object":
      return value === null ? "null" : describedObject(value);
    default:
      return String(value);
  }
}

function describedObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype) {
    return amountText(value) ?? ownName(value) ?? "an object";
  }
  try {
    const text = JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? shownText(part) : part));
    return text ?? "an object";
  } catch {
    return "an object that contains itself";
  }
}

/** A text within an object, or the kind of secret that it is. */
function shownText(text: string): string {
  return secretKind(text) ?? text;
}

function ownName(value: object): string | undefined {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}` : undefined;
}

/** Describes a text that may contain a secret, without showing it; undefined for any other text. */
function secretKind(text: string): string | undefined {
  const block = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text)?.[1];
  if (block !== undefined && block !== "CERTIFICATE") {
    return `a PEM block of kind ${block}`;
  }
  if (/-----BEGIN .{0,40}PRIVATE KEY/.test(text)) {
    return "a text with a private key";
  }
  const url = URL.canParse(text) && text.includes("//") ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")) {
    const parts = [
      url.username || url.password ? "a user" : "",
      url.search ? "a query" : "",
      url.hash ? "a fragment" : "",
    ];
    return `a URL of ${url.host} with ${parts.filter((part) => part !== "").join(" and ")}`;
  }
  return secretShape(text) !== undefined ||
    /(^|\n)[^\S\n]*(apiVersion|token|password|client-key-data)\s*[:=]/i.test(text)
    ? `${textOf(text)} that may contain a secret`
    : undefined;
}

/** Describes a value that may itself be a secret by its kind and length. */
export function receivedSecret(value: unknown): string {
  if (Array.isArray(value)) {
    return `a list of ${value.length}`;
  }
  return typeof value === "string"
    ? textOf(value)
    : isReference(value)
      ? "a reference"
      : received(typeof value === "object" && value !== null ? Object.keys(value) : value);
}

function textOf(text: string): string {
  return `a text of ${text.length} ${text.length === 1 ? "character" : "characters"}`;
}

function isReference(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** All problems of one file as one text, in the order they were found. */
export function renderProblems(where: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${where}: ${count}`, ...problems.flatMap((problem) => renderProblem(where, problem))].join("\n");
}

/** One problem as three lines, the first with `file:line` where the line is known, as terminals and editors link it. */
export function renderProblem(where: string, { property, line, received, rule, fix }: Problem): readonly string[] {
  const place = line === undefined ? "" : `${where}:${line} `;
  return [`  ${place}${property}: received ${received}`, ...remedy(rule, fix)];
}

/** Ends with all problems of one file at once. */
export class ProblemsError extends UserError {
  constructor(
    readonly where: string,
    readonly problems: readonly Problem[],
    options?: ErrorOptions,
  ) {
    super(renderProblems(where, problems), options);
  }
}
