import { Duration, Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { type Problem, received } from "../definition/problem.ts";
import { nearName } from "../form/near-name.ts";
import * as library from "../index.ts";
import { Night } from "../night/night.ts";

/** What a file threw while it was evaluated, and where. */
export interface Thrown {
  readonly thrown: string;
  /** From the library, where it threw. */
  readonly rule?: string;
  readonly fix?: string;
}

type Explanation = Pick<Problem, "received" | "rule" | "fix">;

const LIBRARY = '"../constructs/index.ts"';

/** Names that a customer file cannot use: they are not misspelt, they are absent on purpose. */
const OUTSIDE =
  /^(process|require|module|Buffer|global|fetch|WebSocket|XMLHttpRequest|set(Timeout|Interval|Immediate)|queueMicrotask|__dirname|__filename|crypto|performance|URL|URLSearchParams|TextEncoder|TextDecoder|structuredClone|window|document|console)$/;

/**
 * How a mistake that ended a file's evaluation is reported: by what is known about it, or as it was thrown.
 * @param line Where it was thrown, from 0.
 */
export function loadProblem(outcome: Thrown, line: number | undefined, shown: string): Explanation {
  const where = line === undefined ? shown : `line ${line + 1} of ${shown}`;
  // The compiler prefixes an imported name with its own name for the module.
  const text = plain(outcome.thrown)
    .replaceAll(/\(0, import_\w+\.(\w+)\)/g, "$1")
    .replaceAll(/\bimport_\w+\./g, "");
  const { rule, fix } = outcome;
  if (rule !== undefined && fix !== undefined) {
    return { received: text.replace(/^TypeError: /, ""), rule: plain(rule), fix: plain(fix) };
  }
  return known(text, where) ?? other(text, where);
}

function plain(text: string): string {
  return received(String(text).split("\n")[0])
    .replace(/^"(.*)"$/, "$1")
    .replaceAll('\\"', '"');
}

function known(text: string, where: string): Explanation | undefined {
  const [, early] = /^ReferenceError: Cannot access '([^']+)' before initialization/.exec(text) ?? [];
  if (early !== undefined) {
    return {
      received: `${early}, which is declared further down`,
      rule: "a name that is declared above: a step waits for steps declared before it",
      fix: `move the line that declares ${early} above ${where}`,
    };
  }
  const [, name = "", module = ""] = /^TypeError: (\S+) is not exported by (.+)$/.exec(text) ?? [];
  if (module !== "") {
    const near = nearName(name, Object.keys(library));
    const received = name === "default" ? `a default import of ${module}` : `the name ${name}, imported from ${module}`;
    const own =
      name === "default" ? `import what ${module} exports by name, in braces` : `write one that ${module} exports`;
    const fix = near === undefined ? own : `write ${near}`;
    return { received, rule: `a name that ${module} exports`, fix };
  }
  const [, missing] = /^ReferenceError: ([\w$]+) is not defined/.exec(text) ?? [];
  if (missing !== undefined && !OUTSIDE.test(missing)) {
    return {
      received: text,
      rule: "a name that is declared above, or imported from the library",
      fix: declare(missing),
    };
  }
  if (missing !== undefined) {
    return {
      received: text,
      rule: "what a customer file has: the language and the library, and no environment, files, network or console",
      fix: `take ${missing} out of ${where}, and write the value itself`,
    };
  }
  if (text.startsWith("EvalError: ")) {
    return {
      received: text,
      rule: "code that is written in the file: none is generated from texts",
      fix: `write what ${where} is to do as it is`,
    };
  }
  const [, of, method] =
    /^TypeError: (?:[\w$]+\.)*?(?:([\w$]+)\.)?([\w$]+) is not a (?:function|constructor)/.exec(text) ?? [];
  if (method !== undefined) {
    return { received: text, rule: "a function that exists", fix: call(of, method, where) };
  }
  if (/amounts? cannot be negative|must be positive/i.test(text)) {
    return { received: text, rule: "an amount of 0 or more", fix: `write one in ${where}` };
  }
  if (text.includes("Maximum call stack size exceeded")) {
    return {
      received: text,
      rule: "code that terminates",
      fix: `check for a function that calls itself at ${where}`,
    };
  }
  return undefined;
}

function other(text: string, where: string): Explanation {
  return {
    received: text,
    rule: "a customer file loads without an error; it has the language and the library, and no environment, files or network",
    fix: `correct ${where}; npx tsc --noEmit shows what the type checker reports`,
  };
}

function declare(name: string): string {
  const exported = Object.keys(library);
  const near = exported.includes(name) ? name : nearName(name, exported);
  if (near === undefined) {
    return `declare ${name} above, or correct its spelling`;
  }
  return near === name ? `add ${name} to what is imported from ${LIBRARY}` : `write ${near}, imported from ${LIBRARY}`;
}

function call(of: string | undefined, method: string, where: string): string {
  const units: Readonly<Record<string, object>> = { Size, Cpu, Duration };
  const names = of === undefined ? Object.keys(library) : Object.getOwnPropertyNames(units[of] ?? Night.prototype);
  const near = nearName(
    method,
    names.filter((name) => !["constructor", "length", "name", "prototype"].includes(name)),
  );
  return near === undefined || near === method
    ? `correct ${where}; npx tsc --noEmit shows what the type checker reports`
    : `write ${of === undefined ? "" : `${of}.`}${near} instead of ${method}`;
}
