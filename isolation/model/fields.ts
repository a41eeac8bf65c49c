/** A mapping of unknown content: manifests are judged as they are, not as their types say. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether `value` is a mapping. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` as a mapping; an empty one if it is not a mapping. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** `value` as a list; an empty one if it is not a list. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `value` as a list of mappings. */
export function fieldsList(value: unknown): readonly Fields[] {
  return list(value).map(fields);
}

/** `value` as a list of its strings. */
export function strings(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}

/** `value` if it is a string. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `value` as a mapping of strings, other values left out. */
export function stringMap(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(fields(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}
