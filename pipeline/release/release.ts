import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceArgo, takeUpstreamArgo } from "./argo-images.ts";
import { type LocalImage, RELEASED_NAMES, type ReleasedName, unpackBuilt } from "./built-images.ts";
import { Signer, writeBill } from "./evidence.ts";
import { History } from "./history.ts";
import { type References, Registry } from "./registry.ts";
import type { ReleaseSettings } from "./settings.ts";
import { writeDown } from "./write-down.ts";

/** What a release reads in addition to its settings. */
export interface ReleaseInput {
  readonly root: string;
  /** What was built, as the builder prints it. */
  readonly built: string;
  /** Where bills of materials and the public key go. */
  readonly evidence: string;
  /** Where Argo's project publishes its images. @default "quay.io/argoproj" */
  readonly argoUpstream?: string;
  /** The day that the notes name. @default today */
  readonly date?: string;
  /** Called with each step, as a line. */
  readonly say: (line: string) => void;
}

/**
 * Pushes what was built to the registry and records where it is. The files of the checkout change only when everything
 * is in the registry, signed and verified: an interrupted release leaves nothing here, and the same command continues
 * it.
 */
export async function release(settings: ReleaseSettings, input: ReleaseInput): Promise<References> {
  const { root, say } = input;
  const history = new History(root);
  const registry = new Registry(settings.registry, settings.version);
  await mayRelease(settings, root);
  const scratch = mkdtempSync(join(tmpdir(), "nightlane-release-"));
  try {
    const signer = await Signer.open(settings.key, input.evidence);
    const images = await unpackBuilt(input.built, namesToBuild(settings), scratch);
    for (const image of images) {
      await registry.mayTake(image);
    }
    const pushed = await pushAll(registry, images, say);
    const argo = settings.argo === "source" ? sourceArgo(pushed) : await takeUpstreamArgo(registry, input.argoUpstream);
    const references: References = { ...pushed, ...argo.references };
    await vouchForAll(references, registry, signer, { ...input, scratch });
    const { date = new Date().toISOString().slice(0, 10) } = input;
    await writeDown({ version: settings.version, date, references, argo, root, history });
    say(`committed and tagged v${settings.version}`);
    return references;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @throws UserError if the checkout cannot be released, or the registry refuses the credentials */
export async function mayRelease({ registry, version }: ReleaseSettings, root: string): Promise<void> {
  await new History(root).mayRelease(version);
  await new Registry(registry, version).mustAnswer();
}

/** Images from Nightlane's own build. */
export function namesToBuild({ argo }: ReleaseSettings): readonly ReleasedName[] {
  return RELEASED_NAMES.filter((name) => argo === "source" || !name.startsWith("argo"));
}

async function pushAll(
  registry: Registry,
  images: readonly LocalImage[],
  say: ReleaseInput["say"],
): Promise<References> {
  const references: [ReleasedName, string][] = [];
  for (const image of images) {
    const reference = await registry.push(image);
    say(`pushed ${reference}`);
    references.push([image.name, reference]);
  }
  return Object.fromEntries(references) as References;
}

async function vouchForAll(
  references: References,
  registry: Registry,
  signer: Signer,
  { evidence, scratch, say }: ReleaseInput & { readonly scratch: string },
): Promise<void> {
  for (const name of RELEASED_NAMES) {
    const layout = join(scratch, `in-registry-${name}`);
    await registry.fetch(references[name], layout);
    await signer.vouch(references[name], await writeBill(name, layout, evidence));
    rmSync(layout, { recursive: true });
    say(`signed ${name} and its bill of materials`);
  }
}
