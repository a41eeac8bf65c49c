import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../constructs/definition/problem.ts";
import { mustRun } from "./tool.ts";

/** Images that a release puts into the registry, by their name in it. */
export const RELEASED = {
  runner: "runner",
  nightwatch: "nightwatch",
  risk: "risk",
  argoController: "workflow-controller",
  argoExecutor: "argoexec",
  ci: "ci",
} as const;

/** The purposes of images: the properties of `images.json`, and the image of the pipeline's jobs. */
export type ReleasedName = keyof typeof RELEASED;

/** All of them, in the order in which they are released. */
export const RELEASED_NAMES = Object.keys(RELEASED) as readonly ReleasedName[];

/** An image on this machine, as an OCI layout. */
export interface LocalImage {
  readonly name: ReleasedName;
  /** `sha256:...` */
  readonly digest: string;
  /** Folder with `index.json` and `blobs/`. */
  readonly layout: string;
}

/**
 * Unpacks the archives that the build named, so that every later step reads the same bytes.
 * @param built JSON as `test/farm/images/cli.ts` prints it: name, and digest and OCI archive.
 */
export async function unpackBuilt(
  built: string,
  wanted: readonly ReleasedName[],
  folder: string,
): Promise<readonly LocalImage[]> {
  const images: Readonly<Record<string, { readonly digest: string; readonly archive: string }>> = JSON.parse(built);
  const local: LocalImage[] = [];
  for (const name of wanted) {
    const image = images[name];
    if (image === undefined) {
      throw new UserError(`release: the build names no image ${name}`);
    }
    const layout = join(folder, name);
    await mkdir(layout, { recursive: true });
    await mustRun("tar", ["-xf", image.archive, "-C", layout]);
    local.push({ name, digest: image.digest, layout });
  }
  return local;
}
