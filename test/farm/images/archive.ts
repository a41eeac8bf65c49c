import { UserError } from "../../../constructs/definition/problem.ts";
import { runCommand } from "../command.ts";

/** The `index.json` of an OCI layout, as far as it matters here. */
interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}

/**
 * Digest of the one manifest in an OCI archive: what containerd knows the image by once it is imported.
 * It is read from the archive, not from buildah's storage, because pushing compresses layers, which
 * makes another manifest.
 */
export async function archiveDigest(archive: string): Promise<string> {
  const said = await runCommand("tar", ["-xOf", archive, "index.json"]);
  if (said.code !== 0) {
    throw new UserError(`${archive} is not an OCI archive: ${said.stderr.trim()}`);
  }
  return manifestDigest(said.stdout, archive);
}

/** The digest that the text of an `index.json` names. */
export function manifestDigest(indexJson: string, archive: string): string {
  const index: Index = JSON.parse(indexJson);
  const [manifest, ...others] = index.manifests;
  if (manifest === undefined || others.length > 0) {
    throw new UserError(`${archive} holds ${index.manifests.length} images where one was expected`);
  }
  return manifest.digest;
}
