import { copyFile, cp, link, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../../constructs/definition/problem.ts";
import { cacheFolders, cacheKey, exists, freshWorkFolder, hashFile, hashFiles, publish } from "../tools/cache.ts";
import { ensureTools } from "../tools/ensure.ts";
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

/** Set whenever the way of building changes what comes out. */
const REVISION = 2;

/**
 * Makes sure that the named images are in the cache, built from exactly what the checkout holds now.
 *
 * An image is rebuilt when its Dockerfile, a file of its context, its base or one of its programs
 * changed. Safe to call twice at once and after a killed call.
 *
 * @throws UserError if a package, a program or a Dockerfile is missing or something does not build
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
  const dockerfile = dockerfileOf(recipe);
  if (!(await exists(join(recipe.context, dockerfile)))) {
    throw new UserError(`The image ${name} cannot be built: ${join(recipe.context, dockerfile)} does not exist.`);
  }
  const tools = await programsOf(recipe, reporter);
  const base = recipe.base === "debian" ? await ensureDebianBase(reporter) : undefined;
  const key = await imageKey(recipe, tools, base);
  const place = cacheFolders.finished("images", name, key);
  const archive = join(place, "image.tar");
  if (!(await exists(archive))) {
    const onWait = () => reporter.note(`waiting for another process that is building the image ${name}`);
    await withLock(storageLock(), onWait, async () => {
      if (!(await exists(archive))) {
        await reported(reporter, `building image ${name}`, () =>
          build(name, { recipe, tools, base, kept: "layers" }, place),
        );
      }
    });
  }
  return describe(recipe, archive);
}

/** The result of building an image a second time. */
export interface SecondBuild {
  readonly first: BuiltImage;
  /** Equal to `first` where the image is reproducible. */
  readonly second: BuiltImage;
}

/**
 * Builds an image that is in the cache once more, from scratch.
 * @param compare is called with both while the second still exists.
 */
export async function buildAgain(
  name: ImageName,
  reporter: Reporter,
  compare: (builds: SecondBuild) => Promise<void>,
): Promise<void> {
  const recipe: ImageRecipe = imageRecipes[name];
  const { [name]: first } = await ensureImages([name], reporter);
  const tools = await programsOf(recipe, reporter);
  const base = recipe.base === "debian" ? await ensureDebianBase(reporter) : undefined;
  const place = cacheFolders.finished("images", name, `again-${process.pid}`);
  try {
    const onWait = () => reporter.note("waiting for another process that is building an image");
    await withLock(storageLock(), onWait, () =>
      reported(reporter, `building image ${name} again`, () =>
        build(name, { recipe, tools, base, kept: "nothing" }, place),
      ),
    );
    await compare({ first, second: await describe(recipe, join(place, "image.tar")) });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function describe({ repository }: ImageRecipe, archive: string): Promise<BuiltImage> {
  const digest = await archiveDigest(archive);
  return { repository, digest, reference: `${repository}@${digest}`, importedAs: `${repository}:${TAG}`, archive };
}

/** Path of each program by its name; of a program that is taken with its neighbours, the folder. */
async function programsOf(recipe: ImageRecipe, reporter: Reporter): Promise<Readonly<Record<string, string>>> {
  const files = await ensureTools(recipe.tools, reporter);
  const folders = Object.entries(await ensureTools(recipe.folders ?? [], reporter));
  return { ...files, ...Object.fromEntries(folders.map(([name, path]) => [name, dirname(path)])) };
}

/** Everything that goes into an image, by content. */
async function imageKey(
  recipe: ImageRecipe,
  tools: Readonly<Record<string, string>>,
  base: BaseImage | undefined,
): Promise<string> {
  const programs: Record<string, string | Readonly<Record<string, string>>> = {};
  for (const [tool, path] of Object.entries(tools)) {
    programs[tool] = (await stat(path)).isFile() ? await hashFile(path) : await hashFiles(path);
    for (const neighbour of await neighboursOf(recipe, path)) {
      programs[`${tool}/${neighbour}`] = await hashFiles(join(dirname(path), neighbour));
    }
  }
  return cacheKey(TAG, {
    repository: recipe.repository,
    dockerfile: dockerfileOf(recipe),
    revision: REVISION,
    files: await hashContext(recipe.context),
    programs,
    base: base?.digest ?? "scratch",
  });
}

/** What one build is made from. */
interface BuildInput {
  readonly recipe: ImageRecipe;
  readonly tools: Readonly<Record<string, string>>;
  readonly base: BaseImage | undefined;
  /**
   * What may be reused from earlier builds: a change of Nightlane's own code then does not install the packages again.
   */
  readonly kept: "layers" | "nothing";
}

function dockerfileOf(recipe: ImageRecipe): string {
  return recipe.dockerfile ?? "Dockerfile";
}

async function build(name: string, { recipe, tools, base, kept }: BuildInput, place: string): Promise<void> {
  const workName = `image-${name}`;
  const work = await freshWorkFolder(workName);
  const log = cacheFolders.log(workName);
  await rm(log, { force: true });
  try {
    await removeLeftovers(log);
    await copyContext(recipe.context, join(work, "context"));
    const args = ["build", "--isolation", "chroot", "--network", "host", "--format", "oci"];
    // Every file and the image itself are dated to the start of 1970, so that the time of a build is not in its digest.
    args.push("--timestamp", "0", "--layers", ...(kept === "nothing" ? ["--no-cache"] : []));
    args.push("--file", join(work, "context", dockerfileOf(recipe)), "--tag", `${recipe.repository}:${TAG}`);
    for (const [tool, path] of Object.entries(tools)) {
      args.push("--build-context", `${tool}=${await folderWith(tool, path, await neighboursOf(recipe, path), work)}`);
    }
    if (base !== undefined) {
      await buildah(["pull", `oci-archive:${base.archive}`], log);
      args.push("--pull-never", ...(await hostNetwork(join(work, "host"))));
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

/** Which of a recipe's neighbours a program has. */
async function neighboursOf({ neighbours = [] }: ImageRecipe, path: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const neighbour of neighbours) {
    if (await exists(join(dirname(path), neighbour))) {
      found.push(neighbour);
    }
  }
  return found;
}

/**
 * A build context with one program and the named neighbours, where from its own place it could bring others along; or
 * with all of a folder.
 */
async function folderWith(tool: string, path: string, neighbours: readonly string[], work: string): Promise<string> {
  const folder = join(work, "tools", tool);
  if (!(await stat(path)).isFile()) {
    await cp(path, folder, { recursive: true, dereference: true });
    return folder;
  }
  await mkdir(folder, { recursive: true });
  await link(path, join(folder, tool)).catch(() => copyFile(path, join(folder, tool)));
  for (const neighbour of neighbours) {
    await cp(join(dirname(path), neighbour), join(folder, neighbour), { recursive: true });
  }
  return folder;
}
