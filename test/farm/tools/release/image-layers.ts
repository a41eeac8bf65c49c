import { createHash } from "node:crypto";
import { knownChecksum } from "./checksums.ts";
import { DownloadProblem, downloadText } from "./download.ts";
import { architecture } from "./release.ts";
import { type DownloadSource, downloadAddress } from "./source.ts";

/** One layer of an image: a packed archive. */
export interface Layer {
  readonly address: string;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/** What an image consists of. */
export interface ImageLayers {
  /** SHA-256 of what its tag leads to, hex. */
  readonly digest: string;
  /** The first one lies under the others. */
  readonly layers: readonly Layer[];
}

const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** The parts of an index and of a manifest that are read here. */
interface Manifest {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform?: { readonly os: string; readonly architecture: string };
  }[];
  readonly layers?: readonly { readonly digest: string }[];
}

/**
 * Finds the layers of an image for this machine's processor, by the protocol of registries. What the tag leads to must
 * be what it led to before on this machine, or what `checksums.json` pins; from there on everything is named by digest.
 *
 * @throws DownloadProblem if it cannot be had, or is another one
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export async function imageLayers(image: string, source: DownloadSource): Promise<ImageLayers> {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:]+)$/.exec(image) ?? [];
  const at = (kind: "manifests" | "blobs", name: string) =>
    downloadAddress(`https://${host}/v2/${repository}/${kind}/${name}`, source);
  const text = await downloadText(at("manifests", tag ?? ""), MANIFESTS);
  const digest = sha256(text);
  const known = await knownChecksum(image);
  if (known !== undefined && known.sha256 !== digest) {
    throw new DownloadProblem(`has the digest ${digest}, where ${known.from} say ${known.sha256}: not taken`);
  }
  const manifest = await manifestOfMachine(text, (name) => downloadText(at("manifests", name), MANIFESTS));
  const layers = (manifest.layers ?? []).map(({ digest }) => ({ address: at("blobs", digest), sha256: hexOf(digest) }));
  return { digest, layers };
}

async function manifestOfMachine(text: string, get: (digest: string) => Promise<string>): Promise<Manifest> {
  const first = parsed(text);
  if (first.manifests === undefined) {
    return first;
  }
  const own = first.manifests.find(
    ({ platform }) => platform?.os === "linux" && platform.architecture === architecture(),
  );
  if (own === undefined) {
    throw new DownloadProblem("has nothing for this machine's processor");
  }
  const manifest = await get(own.digest);
  if (sha256(manifest) !== hexOf(own.digest)) {
    throw new DownloadProblem(`has another manifest than its index says (${hexOf(own.digest)}): not taken`);
  }
  return parsed(manifest);
}

function parsed(text: string): Manifest {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === "object" && manifest !== null) {
      return manifest;
    }
  } catch {
    // Said below.
  }
  throw new DownloadProblem("is answered with something that is no image's manifest");
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const hexOf = (digest: string): string => digest.replace(/^sha256:/, "");
