/** Characters that mean something in Argo CD's patterns of repositories, servers and namespaces. */
const SPECIAL = /[*?[\]{}!\\]/;

/** Whether a text names more than itself to Argo CD. */
export function isPattern(text: string): boolean {
  return SPECIAL.test(text);
}

/**
 * Whether a pattern may mean a value. `*` and `?` are read as Argo CD reads them; whatever else is special is taken for
 * everything, since nothing here should be narrower than Argo CD.
 */
export function mayMean(pattern: string, value: string): boolean {
  if (!isPattern(pattern)) {
    return pattern === value;
  }
  if (/[[\]{}!\\]/.test(pattern)) {
    return true;
  }
  const expression = pattern
    .replaceAll(/[.+^$()|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(value);
}
