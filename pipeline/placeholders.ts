import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";
import { toKubeconfig } from "./placeholder-kubeconfig.ts";

/** Marks every value made here, so that a search finds one in the wrong place. */
const MARK = "placeholder";

/** What a preview needs in place of credentials. */
export interface Placeholders {
  /** Environment of the preview: each variable of type File names a file of worthless content. */
  readonly env: Readonly<Record<string, string>>;
  /** Secrets of the stack's configuration that the definition refers to, by key. */
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Writes worthless placeholders for everything that a stack reads at deployment, so that a merge request is previewed
 * without a credential: a kubeconfig that passes the check for this customer, the key of fingerprints, a
 * passphrase for the throwaway state, and a central cluster that does not exist.
 *
 * @param definition The customer; undefined for the stack `platform`, which has no credentials.
 */
export function writePlaceholders(folder: string, definition: CustomerDefinition | undefined): Placeholders {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const env: Record<string, string> = {
    KUBECONFIG: file("central-kubeconfig", ABSENT_CLUSTER),
    FINGERPRINT_KEY: file("fingerprint-key", randomBytes(32).toString("hex")),
    PULUMI_CONFIG_PASSPHRASE_FILE: file("passphrase", randomBytes(24).toString("hex")),
  };
  const secrets: Record<string, string> = {};
  if (definition === undefined) {
    return { env, secrets };
  }
  for (const [name, reference] of Object.entries(definition.credentials)) {
    const content = toKubeconfig(definition, `${MARK}-token-${name}`);
    if (reference.kind === "gitlabFile") {
      env[reference.variable] = file(name, content);
    } else if (reference.kind === "pulumiSecret") {
      secrets[reference.key] = content;
    }
  }
  return { env, secrets };
}

/** The last port of the loopback address: nothing answers there, and nothing of a merge request's job may find a cluster. */
const ABSENT_CLUSTER = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "absent",
  contexts: [{ name: "absent", context: { cluster: "absent", user: "absent" } }],
  clusters: [{ name: "absent", cluster: { server: "https://127.0.0.1:65535" } }],
  users: [{ name: "absent", user: { token: `${MARK}-central` } }],
});
