import { isObject } from "../../runs/json.ts";

/** A part of a manifest by its path of names and list indices, and its value. */
export interface DifferingPart {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** The parts of a manifest that turn another into the same. Both have the same structure. */
export function differingParts(from: unknown, to: unknown, path: DifferingPart["path"] = []): readonly DifferingPart[] {
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((entry, place) => differingParts(entry, to[place], [...path, place]));
  }
  if (isObject(from) && isObject(to)) {
    return Object.keys(to).flatMap((name) => differingParts(from[name], to[name], [...path, name]));
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, value: to }];
}
