import { received } from "../definition/problem.ts";
import { REPORTED } from "../definition/reported.ts";
import { below, type Findings, type Form, inspectName } from "./form.ts";

/** Objects that were visited, once each: values that share parts, or contain themselves, have unlimited paths. */
interface Looked {
  readonly seen: Set<object>;
  /** Of these, the ancestors of the current value. */
  readonly within: Set<object>;
}

/** What JSON can express. @param what Whose value it is, for the message. */
export function plainData(what: string): Form {
  const inspectValue = (value: unknown, at: string, findings: Findings, looked: Looked): void => {
    if (value === REPORTED) {
      findings.reported.push(at);
    } else if (isPlainObject(value)) {
      inspectParts(value, at, findings, looked);
    } else if (!(typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))) {
      const rule = `a value that ${what} can hold: texts, numbers, true, false, lists and objects of them`;
      findings.wrong.push({ property: at, received: received(value), rule, fix: "remove it, or write it as a text" });
    }
  };
  const inspectParts = (value: object, at: string, findings: Findings, looked: Looked): void => {
    const { seen, within } = looked;
    if (within.has(value)) {
      const rule = `a value of ${what} that does not contain itself`;
      findings.wrong.push({ property: at, received: "one without an end", rule, fix: "write it out" });
      return;
    }
    if (seen.has(value)) {
      return;
    }
    seen.add(value);
    within.add(value);
    for (const [name, entry] of Object.entries(value)) {
      inspectName(name, at, findings);
      inspectValue(entry, Array.isArray(value) ? `${at}[${name}]` : below(at, name), findings, looked);
    }
    within.delete(value);
  };
  return {
    inspect: (value, at, findings) => inspectValue(value, at, findings, { seen: new Set(), within: new Set() }),
  };
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
}
