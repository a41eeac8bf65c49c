import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mistake, type Problem, ProblemsError, received } from "../constructs/definition/problem.ts";
import { type Fields, fields, text } from "./model/fields.ts";

/** What a waiver is about: a rule's number, a way in the matrix, or access that a change adds. */
export type WaivedRule = number | "matrix" | "widening";

/** A finding that somebody took responsibility for, until a date. */
export interface Waiver {
  readonly rule: WaivedRule;
  /** The object as the finding names it. For `widening`: the whole line, or its beginning up to a `*`. */
  readonly object: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly expires: string;
}

/** Where the repository's waivers are. */
export const WAIVERS_FILE = fileURLToPath(new URL("waivers.json", import.meta.url));

/** Shorter ones explain nothing. */
const SHORTEST_REASON = 20;

/**
 * Reads a file of waivers: a JSON list.
 * @throws ProblemsError with everything wrong in it.
 */
export function readWaivers(file: string, knownRules: readonly number[]): readonly Waiver[] {
  const content = parseFile(file);
  if (!Array.isArray(content)) {
    throw mistake(`${file}: received ${received(content)}`, "a JSON list of waivers", "write []");
  }
  const entries = content.map(fields);
  const problems = entries.flatMap((entry, index) => check(entry, `[${index}]`, knownRules));
  if (problems.length > 0) {
    throw new ProblemsError(file, problems);
  }
  return entries.map(({ rule, object, reason, expires }) => ({
    rule: rule === "matrix" || rule === "widening" ? rule : Number(rule),
    object: text(object) ?? "",
    reason: text(reason) ?? "",
    expires: text(expires) ?? "",
  }));
}

function parseFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw mistake(`${file}: ${reason}`, "a JSON list of waivers", "correct the file");
  }
}

function check(entry: Fields, at: string, knownRules: readonly number[]): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (property: string, rule: string, fix: string): void => {
    problems.push({ property: `${at}.${property}`, received: received(entry[property]), rule, fix });
  };
  const isKnown =
    entry.rule === "matrix" || entry.rule === "widening" || knownRules.some((rule) => rule === entry.rule);
  if (!isKnown) {
    add("rule", `one of ${knownRules.join(", ")}, "matrix" or "widening"`, "copy it from the finding");
  }
  if ((text(entry.object) ?? "") === "") {
    add("object", "the object as the finding names it", "copy it from the finding");
  }
  if ((text(entry.reason) ?? "").length < SHORTEST_REASON) {
    add(
      "reason",
      `at least ${SHORTEST_REASON} characters: readers decide by it`,
      "explain why this is not a way between customers",
    );
  }
  if (!isDate(text(entry.expires) ?? "")) {
    add("expires", "a date, YYYY-MM-DD, after which the finding counts again", 'write for instance "2027-06-30"');
  }
  const unknown = Object.keys(entry).filter((key) => !["rule", "object", "reason", "expires"].includes(key));
  for (const key of unknown) {
    add(key, "rule, object, reason and expires, nothing else", "remove it");
  }
  return problems;
}

function isDate(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

/** Records which waivers were needed. */
export class WaiverBook {
  private readonly used = new Set<Waiver>();

  constructor(
    readonly waivers: readonly Waiver[],
    /** Today, `YYYY-MM-DD`. */
    private readonly today: string,
  ) {}

  /** The waiver that holds today for a finding, if there is one. An expired one counts as needed, too. */
  waiverFor(rule: WaivedRule, object: string): Waiver | undefined {
    const matching = this.waivers.filter((waiver) => waiver.rule === rule && matches(waiver.object, object));
    for (const waiver of matching) {
      this.used.add(waiver);
    }
    return matching.find((waiver) => !this.isExpired(waiver));
  }

  /** Whether a waiver's last day has passed. */
  isExpired({ expires }: Waiver): boolean {
    return expires < this.today;
  }

  /** Waivers that no finding needed so far. */
  get unused(): readonly Waiver[] {
    return this.waivers.filter((waiver) => !this.used.has(waiver));
  }
}

function matches(pattern: string, object: string): boolean {
  return pattern.endsWith("*") ? object.startsWith(pattern.slice(0, -1)) : pattern === object;
}

/** Today in UTC, `YYYY-MM-DD`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
