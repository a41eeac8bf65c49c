import { isFields } from "../../model/fields.ts";

/** Path of the first difference between two values as they would be written out, or undefined if there is none. */
export function firstDifference(a: unknown, b: unknown, path = ""): string | undefined {
  if (Object.is(a, b)) {
    return undefined;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length
      ? firstOf(a.keys(), (index) => firstDifference(a[index], b[index], `${path}[${index}]`))
      : path;
  }
  if (!isFields(a) || !isFields(b)) {
    return path;
  }
  const keys = Object.keys(a);
  const others = Object.keys(b);
  // The order of fields counts: it is written out.
  if (keys.length !== others.length || keys.some((key, index) => key !== others[index])) {
    return path;
  }
  return firstOf(keys.values(), (key) => firstDifference(a[key], b[key], path === "" ? key : `${path}.${key}`));
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
