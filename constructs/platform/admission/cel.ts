/** CEL: a request's object as it is to be and as it was, as far as there is one: so a rule holds for deletions too. */
export const VERSIONS = "(object == null ? [] : [object]) + (oldObject == null ? [] : [oldObject])";

/** A CEL string literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** A CEL list of string literals. */
export function listOf(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(", ")}]`;
}

/**
 * CEL: an object has no field outside a list. An allow-list, so that a field which a later version of Argo brings is
 * refused until somebody has thought about it. `dyn` lets a typed object be read as a map.
 */
export function onlyFields(object: string, allowed: readonly string[]): string {
  return `dyn(${object}).all(field, field in ${listOf(allowed)})`;
}

/** CEL: the fields of an object outside a list, for a message. */
export function otherFields(object: string, allowed: readonly string[]): string {
  return `dyn(${object}).filter(field, !(field in ${listOf(allowed)})).join(', ')`;
}

/** CEL: an optional list, empty if it is not there: `listAt("object.spec", "initContainers")`. */
export function listAt(object: string, ...path: readonly string[]): string {
  return `${object}${path.map((field) => `.?${field}`).join("")}.orValue([])`;
}

/** CEL: two maps agree in every field outside a list. */
export function sameButFor(now: string, before: string, free: readonly string[]): string {
  const isFree = `field in ${listOf(free)}`;
  return `${now}.all(field, ${isFree} || (field in ${before} && ${now}[field] == ${before}[field])) && ${before}.all(field, ${isFree} || field in ${now})`;
}

/** CEL: two maps agree in one field, or both lack it. */
export function sameField(field: string, now: string, before: string): string {
  return `(('${field}' in ${now}) == ('${field}' in ${before}) && (!('${field}' in ${now}) || ${now}['${field}'] == ${before}['${field}']))`;
}

/** CEL: an object keeps its labels. */
export const SAME_LABELS = "object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({})";

/** CEL: an object keeps its owners and its finalizers. */
export const SAME_OWNERS = ["ownerReferences", "finalizers"]
  .map((field) => `object.metadata.?${field}.orValue([]) == oldObject.metadata.?${field}.orValue([])`)
  .join(" && ");

/** CEL: of two maps of annotations only those under `nightlane/` differ: orders to a step, and what nightwatch notes. */
export function onlyNotesDiffer(now: string, before: string): string {
  const isNote = "key.startsWith('nightlane/')";
  return `${now}.all(key, ${isNote} || (key in ${before} && ${before}[key] == ${now}[key])) && ${before}.all(key, ${isNote} || key in ${now})`;
}
