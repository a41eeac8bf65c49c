/** The names that Kubernetes accepts: checked when a file is read, not when a pod of the night is refused. */

/** Names of namespaces, containers and the like. */
export const DNS_LABEL = "lower-case letters, digits and inner dashes, at most 63 (a DNS label)";

/** Names of most objects, and of hosts. */
export const DNS_NAME =
  "DNS labels joined by dots, at most 253 characters: lower-case letters, digits and inner dashes";

export function isDnsLabel(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

export function isDnsName(name: string): boolean {
  return name.length <= 253 && name.split(".").every(isDnsLabel);
}

/** A label's key: a name, optionally with a domain and a slash before it. */
export function isLabelKey(key: string): boolean {
  const [name = "", domain, ...more] = key.split("/").reverse();
  return more.length === 0 && name !== "" && isLabelValue(name) && (domain === undefined || isDnsName(domain));
}

export function isLabelValue(value: string): boolean {
  return /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/.test(value);
}
