/** A JSON value whose parts can be read. */
type Tree = { [key: string]: unknown } | unknown[];

/**
 * A deep copy of an object with one value set: `edited(pod, "spec.containers.0.image", "x")`. Missing maps on the way
 * are made; a key with dots is written as an array of steps.
 */
export function edited<T extends object>(object: T, path: string | readonly string[], value: unknown): T {
  const copy = structuredClone(object);
  const steps = typeof path === "string" ? path.split(".") : [...path];
  const last = steps.pop() ?? "";
  let at = copy as unknown as Tree;
  for (const step of steps) {
    at = child(at, step);
  }
  put(at, last, value);
  return copy;
}

function child(parent: Tree, step: string): Tree {
  const found = Array.isArray(parent) ? parent[Number(step)] : parent[step];
  if (typeof found === "object" && found !== null) {
    return found as Tree;
  }
  const made: Tree = {};
  put(parent, step, made);
  return made;
}

function put(parent: Tree, key: string, value: unknown): void {
  if (Array.isArray(parent)) {
    parent[Number(key)] = value;
  } else if (value === undefined) {
    delete parent[key];
  } else {
    parent[key] = value;
  }
}
