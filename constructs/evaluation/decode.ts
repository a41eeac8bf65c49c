import { Duration, Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { isObject } from "../../runs/json.ts";
import { REPORTED } from "../definition/reported.ts";
import { Step, type StepWork } from "../night/step.ts";

/** Most objects that one file may return; a night of 400 steps has a few thousand. */
export const MOST_OBJECTS = 200_000;

const KINDS: Readonly<Record<StepWork["kind"], true>> = {
  spark: true,
  job: true,
  exec: true,
  copyIn: true,
  copyOut: true,
  gate: true,
};
const SIZES: Readonly<Record<string, (amount: number) => Size>> = {
  Ki: Size.kibibytes,
  Mi: Size.mebibytes,
  Gi: Size.gibibytes,
  Ti: Size.tebibytes,
  Pi: Size.pebibyte,
};

/**
 * Decodes what a file returned. Nothing is trusted: what is not well-formed becomes a value of a kind that no
 * definition can have, and the form refuses it.
 */
export function decode(encoded: unknown): unknown {
  const { root, objects } = isObject(encoded) ? encoded : {};
  const entries: readonly unknown[] = Array.isArray(objects) && objects.length <= MOST_OBJECTS ? objects : [];
  // Objects may refer to each other in cycles, so all are created before any is filled.
  const made = entries.map(make);
  const read = (value: unknown): unknown => readValue(value, made);
  for (const [index, entry] of entries.entries()) {
    fill(made[index], entry, read);
  }
  return read(root);
}

/** Represents anything that cannot be in a definition. */
class Unreadable {}

/** Represents an object of an unknown class; only the class's name is kept. */
function instance(name: unknown): object {
  const isName = typeof name === "string" && /^[A-Za-z_$][\w$]{0,40}$/.test(name);
  return isName ? Object.create({ constructor: { name } }) : new Unreadable();
}

function readValue(value: unknown, made: readonly unknown[]): unknown {
  if (!isObject(value)) {
    return Array.isArray(value) ? new Unreadable() : value;
  }
  if (typeof value.object === "number") {
    return made[value.object];
  }
  if (typeof value.number === "string") {
    return Number(value.number);
  }
  switch (value.kind) {
    case "undefined":
      return undefined;
    case "function":
      return () => undefined;
    case "symbol":
      return Symbol("symbol");
    case "bigint":
      return 0n;
    case "reported":
      return REPORTED;
    default:
      return new Unreadable();
  }
}

function make(entry: unknown): unknown {
  if (!isObject(entry)) {
    return new Unreadable();
  }
  if (Array.isArray(entry.list)) {
    return [];
  }
  if (Array.isArray(entry.fields)) {
    return {};
  }
  if (typeof entry.size === "string") {
    return sizeOf(entry.size);
  }
  if ("milliseconds" in entry) {
    const amount = Number(entry.milliseconds);
    return amount < 0 ? new Unreadable() : Duration.millis(amount);
  }
  if ("cpu" in entry) {
    return typeof entry.cpu === "string" ? Object.assign(Cpu.units(0), { amount: entry.cpu }) : new Unreadable();
  }
  if ("step" in entry && typeof entry.kind === "string" && Object.hasOwn(KINDS, entry.kind)) {
    return new Step("", { kind: entry.kind, options: {} } as StepWork, []);
  }
  return instance(entry.instance);
}

function sizeOf(text: string): unknown {
  const [, amount, unit = ""] = /^([\d.e+]+|NaN|Infinity)([KMGTP]i)$/.exec(text) ?? [];
  return amount === undefined ? new Unreadable() : SIZES[unit]?.(Number(amount));
}

function fill(target: unknown, entry: unknown, read: (value: unknown) => unknown): void {
  if (!isObject(entry)) {
    return;
  }
  if (Array.isArray(target) && Array.isArray(entry.list)) {
    target.push(...entry.list.map(read));
  } else if (target instanceof Step) {
    const options = read(entry.options);
    const work = { kind: target.work.kind, options: isObject(options) ? options : {} };
    const edges = Array.isArray(entry.edges) ? entry.edges.map(read) : [];
    Object.assign(target, new Step(read(entry.step) as string, work as StepWork, edges));
  } else if (isObject(target) && Array.isArray(entry.fields)) {
    for (const field of entry.fields) {
      if (Array.isArray(field) && typeof field[0] === "string") {
        Object.defineProperty(target, field[0], {
          value: read(field[1]),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      }
    }
  }
}
