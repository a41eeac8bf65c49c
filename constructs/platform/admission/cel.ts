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

/**
 * CEL: a change that leaves the specification as it is. What checks content lets it through: nothing new comes in by it,
 * and an object of an earlier release, whose content is no longer let in, could otherwise not be removed, since Kubernetes
 * changes its finalizers last.
 */
export const KEEPS_SPEC = "request.operation == 'UPDATE' && object.spec == oldObject.spec";

/** CEL: two maps agree in every field outside a list, or in every one of which a condition on `field` is false. */
export function sameButFor(now: string, before: string, free: readonly string[] | string): string {
  const isFree = typeof free === "string" ? free : `field in ${listOf(free)}`;
  return `${now}.all(field, ${isFree} || (field in ${before} && ${now}[field] == ${before}[field])) && ${before}.all(field, ${isFree} || field in ${now})`;
}

/** CEL: the fields outside a list that one map has otherwise than another, for a message. */
export function changedFields(now: string, before: string, free: readonly string[]): string {
  const held = `!(field in ${listOf(free)})`;
  const other = `${now}.filter(field, ${held} && (!(field in ${before}) || ${now}[field] != ${before}[field]))`;
  return `'another ' + (${other} + ${before}.filter(field, ${held} && !(field in ${now}))).join(', ')`;
}

/** CEL: two maps agree in one field, or both lack it. */
export function sameField(field: string, now: string, before: string): string {
  return `(('${field}' in ${now}) == ('${field}' in ${before}) && (!('${field}' in ${now}) || ${now}['${field}'] == ${before}['${field}']))`;
}
