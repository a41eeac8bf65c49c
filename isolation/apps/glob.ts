/** Characters that mean something in Argo CD's patterns of repositories, servers and namespaces. */
const SPECIAL = /[*?[\]{}!\\]/;

/** Whether a text matches more than itself in Argo CD. */
export function isPattern(text: string): boolean {
  return SPECIAL.test(text);
}

/**
 * Whether a pattern may match a value. `*` and `?` are read as Argo CD reads them; anything else that is special is
 * taken to match everything, since nothing here should be narrower than Argo CD.
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
