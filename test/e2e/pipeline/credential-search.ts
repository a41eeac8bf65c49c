import { type Canary, canariesOf, findAny } from "../../boundary/canary/canary.ts";
import { filesBelow } from "../../boundary/canary/file-places.ts";
import type { ProjectVariables } from "./project-variables.ts";

/** Values to search for in what pipelines show: the credentials of these environments, or those variables of them. */
export function credentialsOf(
  variables: ProjectVariables,
  environments: readonly string[],
  only = /./,
): readonly Canary[] {
  return environments.flatMap((environment) =>
    Object.entries(variables.filesOf(environment)).flatMap(([name, content]) => {
      // A certificate authority's certificate is not a secret.
      if (name === "NIGHTLANE_CUSTOMER_CA_FILE" || !only.test(name)) {
        return [];
      }
      return canariesOf(`${environment} ${name}`, name.endsWith("KUBECONFIG") ? "kubeconfig" : name, content);
    }),
  );
}

/** What a search in a folder found. */
export interface Search {
  /** Names of the files that were looked through, from the folder on. */
  readonly files: readonly string[];
  /** Which credential is where, and how it is written. */
  readonly found: readonly string[];
}

/** Searches for credentials in every file below a folder. */
export async function searchFolder(folder: string, credentials: readonly Canary[]): Promise<Search> {
  const found: string[] = [];
  const files = new Set<string>();
  for await (const { where, text } of filesBelow(folder, async () => [folder]).texts()) {
    files.add(where.slice(folder.length + 1));
    const how = findAny(text, credentials);
    if (how !== undefined) {
      found.push(`${where}: ${how}`);
    }
  }
  return { files: [...files], found };
}
