import { copyFile, link, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolders, cacheKey, exists, freshWorkFolder, hashFile, publish } from "../tools/cache.ts";
import { ensureTools } from "../tools/ensure.ts";
import { FarmError } from "../tools/errors.ts";
import { withLock } from "../tools/lock.ts";
import { ensurePackages, imagePackages } from "../tools/packages.ts";
import { type Reporter, reported } from "../tools/reporter.ts";
import { archiveDigest } from "./archive.ts";
import { type BaseImage, ensureDebianBase } from "./base.ts";
import { buildah, limitStorage, removeLeftovers, storageLock } from "./buildah.ts";
import { copyContext, hashContext } from "./context.ts";
import { hostNetwork } from "./host-network.ts";
import { type ImageName, type ImageRecipe, imageRecipes } from "./recipe.ts";

/** An image in the cache, ready to be imported by `ctr images import`. */
export interface BuiltImage {
  readonly repository: string;
  /** Digest of the manifest in the archive: `sha256:...`. */
  readonly digest: string;
  /** How pods name it: `<repository>@<digest>`. */
  readonly reference: string;
  /** The name an import gives it: `<repository>:<tag>`. */
  readonly importedAs: string;
  /** OCI archive. */
  readonly archive: string;
}

/** Tag of everything the farm builds; pods name images by digest, so it only serves the import. */
const TAG = "farm";

/**
 * Makes sure that the named images are in the cache, built from exactly what the checkout holds now.
 *
 * An image is rebuilt when its Dockerfile, a file of its context, its base or one of its programs
 * changed. Safe to call twice at once and after a killed call.
 *
 * @throws FarmError if a package, a program or a Dockerfile is missing or something does not build
 */
export async function ensureImages<const Name extends ImageName>(
  names: readonly Name[],
  reporter: Reporter,
): Promise<Record<Name, BuiltImage>> {
  await ensurePackages(imagePackages, reporter);
  const built: [Name, BuiltImage][] = [];
  for (const name of names) {
    built.push([name, await ensureImage(name, imageRecipes[name], reporter)]);
  }
  return Object.fromEntries(built) as Record<Name, BuiltImage>;
}

async function ensureImage(name: string, recipe: ImageRecipe, reporter: Reporter): Promise<BuiltImage> {
  const dockerfile = recipe.dockerfile ?? "Dockerfile";
  if (!(await exists(join(recipe.context, dockerfile)))) {
    throw new FarmError(`The image ${name} cannot be built: ${join(recipe.context, dockerfile)} does not exist.`);
  }
  const tools = await ensureTools(recipe.tools, reporter);
  const base = recipe.base === "debian" ? await ensureDebianBase(reporter) : undefined;
  const key = await imageKey(recipe, dockerfile, tools, base);
  const place = cacheFolders.finished("images", name, key);
  const archive = join(place, "image.tar");
  if (!(await exists(archive))) {
    const onWait = () => reporter.note(`waiting for another process that is building the image ${name}`);
    await withLock(storageLock(), onWait, async () => {
      if (!(await exists(archive))) {
        await reported(reporter, `building image ${name}`, () => build(name, recipe, dockerfile, tools, base, place));
      }
    });
  }
  const digest = await archiveDigest(archive);
  const { repository } = recipe;
  return { repository, digest, reference: `${repository}@${digest}`, importedAs: `${repository}:${TAG}`, archive };
}

/** Everything that goes into an image, by content. */
async function imageKey(
  recipe: ImageRecipe,
  dockerfile: string,
  tools: Readonly<Record<string, string>>,
  base: BaseImage | undefined,
): Promise<string> {
  const programs: Record<string, string> = {};
  for (const [tool, path] of Object.entries(tools)) {
    programs[tool] = await hashFile(path);
  }
  return cacheKey(TAG, {
    repository: recipe.repository,
    dockerfile,
    files: await hashContext(recipe.context),
    programs,
    base: base?.digest ?? "scratch",
  });
}

async function build(
  name: string,
  recipe: ImageRecipe,
  dockerfile: string,
  tools: Readonly<Record<string, string>>,
  base: BaseImage | undefined,
  place: string,
): Promise<void> {
  const workName = `image-${name}`;
  const work = await freshWorkFolder(workName);
  const log = cacheFolders.log(workName);
  await rm(log, { force: true });
  try {
    await removeLeftovers(log);
    await copyContext(recipe.context, join(work, "context"));
    const args = ["build", "--isolation", "chroot", "--network", "host", "--format", "oci"];
    args.push("--file", join(work, "context", dockerfile), "--tag", `${recipe.repository}:${TAG}`);
    for (const [tool, path] of Object.entries(tools)) {
      args.push("--build-context", `${tool}=${await folderWith(tool, path, work)}`);
    }
    if (base === undefined) {
      args.push("--timestamp", "0");
    } else {
      await buildah(["pull", `oci-archive:${base.archive}`], log);
      // Layers are kept in the cache: a change of our own code then does not install the packages again.
      args.push("--pull-never", "--layers", ...(await hostNetwork(join(work, "host"))));
    }
    await buildah([...args, join(work, "context")], log);
    await mkdir(join(work, "output"));
    const target = `oci-archive:${join(work, "output/image.tar")}:${recipe.repository}:${TAG}`;
    await buildah(["push", "--format", "oci", `${recipe.repository}:${TAG}`, target], log);
    await publish(join(work, "output"), place);
    await limitStorage(log);
  } finally {
    await rm(cacheFolders.work(workName), { recursive: true, force: true });
  }
}

/** A build context with one program: from its own place it could bring neighbours along. */
async function folderWith(tool: string, path: string, work: string): Promise<string> {
  const folder = join(work, "tools", tool);
  await mkdir(folder, { recursive: true });
  await link(path, join(folder, tool)).catch(() => copyFile(path, join(folder, tool)));
  return folder;
}
