import { isObject } from "../../runs/json.ts";
import { NO_OPTIONS } from "../definition/given.ts";
import { type Problem, received, receivedSecret } from "../definition/problem.ts";
import { REPORTED, REPORTED_PARTS } from "../definition/reported.ts";
import { nearName } from "./near-name.ts";

/** What a value of a customer file must be before any other check: the types, where nobody ran tsc. */
export interface Form {
  /** Adds to `findings` what is wrong with a value and everything in it. `at` is its property's path. */
  inspect(value: unknown, at: string, findings: Findings): void;
}

/** A form whose value may be left out. */
export interface OptionalForm extends Form {
  readonly optional: true;
}

/** What was found in one definition. */
export class Findings {
  /** Values of a wrong kind. What depends on one of them is not checked further. */
  readonly wrong: Problem[] = [];
  /** Properties that do not exist. They do not affect those that do. */
  readonly unknown: Problem[] = [];
  /** Places whose values are unknown, because the code that makes them threw, which has been reported. */
  readonly reported: string[] = [];

  /** Whether the values at, above and below all of these paths are known and of the right kind. */
  areSound(...paths: readonly string[]): boolean {
    const unsound = [...this.wrong.map(({ property }) => property), ...this.reported];
    return paths.every((path) => unsound.every((property) => !within(property, path) && !within(path, property)));
  }
}

/** Values of a wrong kind, without those that are missing because their name is misspelt, which is reported as such. */
export function withoutMisspelt({ wrong, unknown }: Findings): readonly Problem[] {
  const meant = unknown.map(({ property, fix }) => {
    const [, name] = /^write (\S+) instead of /.exec(fix) ?? [];
    return name === undefined ? undefined : property.replace(/(\.|^)[^.]*$/, `$1${name}`);
  });
  return wrong.filter(({ property, received }) => received !== "nothing" || !meant.includes(property));
}

/** Problems without those that repeat one about the same value at a place other than where it was written. */
export function withoutRepeats(problems: readonly Problem[], origin: RegExp): readonly Problem[] {
  const original = problems.filter(({ property }) => origin.test(property));
  return problems.filter(
    (problem) =>
      original.includes(problem) ||
      !original.some(
        (one) =>
          problem.property.endsWith(one.property.replace(origin, "")) &&
          problem.received === one.received &&
          // A step has more properties than the defaults of all steps, and lists them.
          problem.rule.split(":")[0] === one.rule.split(":")[0],
      ),
  );
}

/** Whether the values at these paths are of the right kind, so that a check may use them. */
export type Sound = (...paths: readonly string[]) => boolean;

/** For a definition that is known to be of the right form. */
export const allSound: Sound = () => true;

function within(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`);
}

/** The path of a property below another, as it would be written. */
export function below(at: string, name: string): string {
  const written = /^[A-Za-z_$][\w$-]*$/.test(name) ? `.${name}` : `[${received(name)}]`;
  return at === "" ? written.replace(/^\./, "") : `${at}${written}`;
}

/** Checks a value against its form, unless the code that makes it threw. */
export function inspect(form: Form, value: unknown, at: string, findings: Findings): void {
  if (value === REPORTED) {
    findings.reported.push(at);
  } else {
    form.inspect(value, at, findings);
  }
}

/** A value that passes one test. `rule` describes it, `example` shows what to write. */
export function value(rule: string, example: string, isGood: (value: unknown) => boolean, shown = received): Form {
  return {
    inspect(value, at, findings) {
      if (!isGood(value)) {
        findings.wrong.push({ property: at, received: shown(value), rule, fix: `write for instance ${example}` });
      }
    },
  };
}

/** A text. */
export function text(example: string, what?: string): Form {
  return value(
    what === undefined ? "a string" : `a string: ${what}`,
    JSON.stringify(example),
    (value) => typeof value === "string",
  );
}

/** `true` or `false`. */
export const flag: Form = value("true or false", "true", (value) => typeof value === "boolean");

/** A number; the checks judge which one. */
export function number(example: number): Form {
  return value("a number", String(example), (value) => typeof value === "number");
}

/** One of a few words. */
export function choice<Word extends string>(words: Readonly<Record<Word, true>>): Form {
  const known = Object.keys(words);
  return {
    inspect(value, at, findings) {
      if (typeof value === "string" && Object.hasOwn(words, value)) {
        return;
      }
      const near = typeof value === "string" ? nearName(value, known) : undefined;
      findings.wrong.push({
        property: at,
        received: received(value),
        rule: `one of ${known.map((word) => JSON.stringify(word)).join(", ")}`,
        fix: near === undefined ? `write for instance ${JSON.stringify(known[0])}` : `write ${JSON.stringify(near)}`,
      });
    },
  };
}

/** A form whose value may be left out. */
export function optional(form: Form): OptionalForm {
  return {
    optional: true,
    inspect(value, at, findings) {
      if (value !== undefined) {
        form.inspect(value, at, findings);
      }
    },
  };
}

/** A list whose entries are all of one form. */
export function list(of: Form, what: string, example: string): Form {
  return {
    inspect(value, at, findings) {
      if (!Array.isArray(value)) {
        findings.wrong.push(notA(value, at, what, example));
        return;
      }
      for (const [index, entry] of value.entries()) {
        inspect(of, entry, `${at}[${index}]`, findings);
      }
    },
  };
}

/** An object with names of the author's own, whose values are all of one form. */
export function named(of: Form, what: string, example: string): Form {
  return {
    inspect(value, at, findings) {
      if (!isPlain(value)) {
        findings.wrong.push(notA(value, at, what, example));
        return;
      }
      for (const [name, entry] of Object.entries(value)) {
        inspectName(name, at, findings);
        inspect(of, entry, below(at, name), findings);
      }
    },
  };
}

/** JavaScript gives an object another prototype by this name, and copying it loses the value. */
export function inspectName(name: string, at: string, findings: Findings): void {
  if (name === "__proto__") {
    const rule = "a name that is not part of JavaScript itself";
    findings.wrong.push({ property: below(at, name), received: received(name), rule, fix: "use another name" });
  }
}

/** The form of each property of `T`: none missing, none extra, optional where `T` has it optional. */
export type Fields<T> = { readonly [Key in keyof T]-?: undefined extends T[Key] ? OptionalForm : Form };

/**
 * An object with the properties of `T` and no others.
 * @param derived Properties that the library itself adds, which messages for authors do not mention.
 */
export function record<T extends object>(
  fields: Fields<T>,
  what: string,
  example: string,
  derived: readonly (keyof T & string)[] = [],
): Form {
  const forms = new Map(Object.entries<Form>(fields));
  const known = [...forms.keys()].filter((name) => !derived.some((one) => one === name));
  return {
    inspect(value, at, findings) {
      if (!isPlain(value)) {
        findings.wrong.push(notA(value, at, what, example));
        return;
      }
      if (Object.hasOwn(value, NO_OPTIONS)) {
        findings.wrong.push(notA(value[NO_OPTIONS], at, what, example));
        return;
      }
      // What is missing may be among the properties that it would have inherited.
      const isPart = Object.hasOwn(value, REPORTED_PARTS);
      for (const [name, form] of forms) {
        inspect(form, isPart && value[name] === undefined ? REPORTED : value[name], below(at, name), findings);
      }
      for (const name of Object.keys(value).filter((one) => !forms.has(one) && one !== REPORTED_PARTS)) {
        findings.unknown.push(unknownProperty(below(at, name), name, value[name], known));
      }
    },
  };
}

/** Either form, chosen by the value. */
export function either(isFirst: (value: unknown) => boolean, first: Form, second: Form): Form {
  return { inspect: (value, at, findings) => (isFirst(value) ? first : second).inspect(value, at, findings) };
}

/** A problem for a value of another kind altogether. */
export function notA(value: unknown, at: string, what: string, example: string): Problem {
  return { property: at, received: received(value), rule: what, fix: `write for instance ${example}` };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = isObject(value) ? Object.getPrototypeOf(value) : undefined;
  return isObject(value) && (prototype === null || Object.getPrototypeOf(prototype ?? {}) === null);
}

/** Names under which a person may have written a secret. */
const SECRET_NAME = /token|password|secret|key|credential|kubeconfig/i;

function unknownProperty(property: string, name: string, value: unknown, known: readonly string[]): Problem {
  const near = nearName(name, known);
  return {
    property,
    received: SECRET_NAME.test(name) ? receivedSecret(value) : received(value),
    rule: `one of the properties that exist here: ${known.join(", ")}`,
    fix: near === undefined ? "remove it" : `write ${near} instead of ${name}`,
  };
}
