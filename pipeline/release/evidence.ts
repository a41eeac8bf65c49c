import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "./tool.ts";

/** Records what is in an image: Debian's packages, Python's, Node's, Java's, and the modules of Go programs. */
export async function writeBill(name: string, layout: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.cdx.json`);
  const output = ["--output", `cyclonedx-json=${file}`, "--quiet"];
  // It would check for a newer version of itself.
  const env = { SYFT_CHECK_FOR_APP_UPDATE: "false" };
  await mustRun("syft", ["scan", `oci-dir:${layout}`, "--source-name", name, ...output], { env });
  return file;
}

/**
 * Signatures by one key, kept in the registry beside the images. Nothing is sent to a public log: the names of images
 * and the times of releases are a bank's own business, and a release needs nothing but its registry.
 */
export class Signer {
  private constructor(
    private readonly key: string,
    private readonly publicKey: string,
  ) {}

  /** @param folder where the public key goes, as `cosign.pub` */
  static async open(key: string, folder: string): Promise<Signer> {
    mkdirSync(folder, { recursive: true });
    const publicKey = join(folder, "cosign.pub");
    writeFileSync(publicKey, await mustRun("cosign", ["public-key", "--key", key]));
    return new Signer(key, publicKey);
  }

  /** Signs an image and its bill of materials, and verifies both as at deployment. */
  async vouch(reference: string, bill: string): Promise<void> {
    const by = ["--yes", "--key", this.key, "--tlog-upload=false"];
    await mustRun("cosign", ["sign", ...by, reference]);
    await mustRun("cosign", ["attest", ...by, "--type", "cyclonedx", "--predicate", bill, reference]);
    const known = ["--key", this.publicKey, "--insecure-ignore-tlog=true"];
    await mustRun("cosign", ["verify", ...known, reference]);
    await mustRun("cosign", ["verify-attestation", ...known, "--type", "cyclonedx", reference]);
  }
}
