import { parse } from "yaml";
import type { CanaryForm } from "../../../isolation/scan/canary.ts";
import { canaryForms, findCanary } from "../../../isolation/scan/canary.ts";

/** A value of a deployed credential that must be in no other place. */
export interface Canary {
  /** What it is, without itself: "kubeconfig of nordbank". */
  readonly name: string;
  readonly forms: readonly CanaryForm[];
}

/** Characters below which a value may occur by chance. */
const SHORTEST = 16;

/**
 * The values to look for in one credential: a kubeconfig's token or key, or the whole of a named token. Of a JSON web
 * token it is the signature, the part without which it is worth nothing.
 *
 * @throws Error if a value is so short that it may occur by chance
 */
export function canariesOf(customer: string, name: string, content: string): readonly Canary[] {
  const secrets = name === "kubeconfig" ? kubeconfigSecrets(content) : [content.trim()];
  return secrets.map((secret) => {
    const telling = secret.split(".").at(-1) ?? secret;
    if (telling.length < SHORTEST) {
      throw new Error(
        `${name} of ${customer} has fewer than ${SHORTEST} characters, so that looking for it tells nothing`,
      );
    }
    return { name: `${name} of ${customer}`, forms: canaryForms(telling) };
  });
}

function kubeconfigSecrets(content: string): readonly string[] {
  const { users } = parse(content) as { users: readonly { user: Readonly<Record<string, string>> }[] };
  return users.flatMap(({ user }) => {
    const key = user["client-key-data"];
    return [
      ...(user.token === undefined ? [] : [user.token]),
      // The key is already base64 in transit; what must not appear is the key itself.
      ...(key === undefined ? [] : [Buffer.from(key, "base64").toString().split("\n").slice(1, -2).join("\n")]),
    ];
  });
}

/** Which canary is in a text, and in which form; undefined if none is. */
export function findAny(text: string, canaries: readonly Canary[]): string | undefined {
  for (const { name, forms } of canaries) {
    const how = findCanary(text, forms);
    if (how !== undefined) {
      return `${name}, ${how}`;
    }
  }
  return undefined;
}
