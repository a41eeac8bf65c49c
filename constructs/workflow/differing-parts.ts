import { isObject } from "../definition/given.ts";

/** A part of a manifest by the names and places in lists that lead to it, and its value. */
export interface DifferingPart {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** What of a manifest has to be put into another to make it the same. Nothing is only in one of the two. */
export function differingParts(from: unknown, to: unknown, path: DifferingPart["path"] = []): readonly DifferingPart[] {
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((entry, place) => differingParts(entry, to[place], [...path, place]));
  }
  if (isObject(from) && isObject(to)) {
    return Object.keys(to).flatMap((name) => differingParts(from[name], to[name], [...path, name]));
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, value: to }];
}
