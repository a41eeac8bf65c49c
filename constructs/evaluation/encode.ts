import { Duration, Size } from "cdk8s";
import { Cpu } from "cdk8s-plus-27";
import { REPORTED } from "../definition/reported.ts";
import { Step } from "../night/step.ts";
import type { Encoded, EncodedObject, EncodedValue } from "./encoded.ts";

/** Encodes a value as it is, valid or not: the reader judges it. */
export function encode(value: unknown): Encoded {
  const places = new Map<object, number>();
  const objects: EncodedObject[] = [];
  const write = (one: unknown): EncodedValue => {
    if (one === REPORTED) {
      return { kind: "reported" };
    }
    switch (typeof one) {
      case "string":
      case "boolean":
        return one;
      case "number":
        return Number.isFinite(one) ? one : { number: String(one) };
      case "object":
        return one === null ? null : { object: place(one) };
      default:
        return { kind: typeof one as "undefined" | "function" | "symbol" | "bigint" };
    }
  };
  const place = (one: object): number => {
    const known = places.get(one);
    if (known !== undefined) {
      return known;
    }
    const index = objects.push({ list: [] }) - 1;
    places.set(one, index);
    objects[index] = writeObject(one, write);
    return index;
  };
  return { root: write(value), objects };
}

function writeObject(one: object, write: (value: unknown) => EncodedValue): EncodedObject {
  if (Array.isArray(one)) {
    return { list: Array.from(one, write) };
  }
  if (one instanceof Size) {
    return { size: one.asString() };
  }
  if (one instanceof Duration) {
    const amount = one.toMilliseconds({ integral: false });
    return { milliseconds: Number.isFinite(amount) ? amount : String(amount) };
  }
  if (one instanceof Cpu) {
    return { cpu: write(one.amount) };
  }
  if (one instanceof Step) {
    const { kind, options } = one.work;
    return { step: write(one.name), kind, options: write(options), edges: one.edges.map(write) };
  }
  const prototype: unknown = Object.getPrototypeOf(one);
  return prototype === null || prototype === Object.prototype
    ? { fields: Object.entries(one).map(([name, value]) => [name, write(value)]) }
    : { instance: String(one.constructor?.name ?? "object") };
}
