import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolders, freshWorkFolder, publish } from "../cache.ts";
import { saidVersion } from "../path-lookup.ts";
import { type Product, type Recipe, titleOf } from "../recipe.ts";
import type { Reporter } from "../reporter.ts";
import { recordChecksum } from "./checksums.ts";
import { fetchRelease, type Taken } from "./fetch-release.ts";
import { architecture, type Release, releaseName } from "./release.ts";
import { downloadSource } from "./source.ts";

/**
 * Puts into the cache those of the missing products that a recipe's project has released.
 *
 * @param places - folder for each product
 * @returns why the others could not be had; it is reported too
 */
export async function takeRelease(
  recipe: Recipe,
  missing: readonly string[],
  places: ReadonlyMap<string, string>,
  reporter: Reporter,
): Promise<readonly string[]> {
  const source = downloadSource();
  const wanted = releasesOf(recipe, missing);
  if (source.kind === "off" || wanted.size === 0) {
    return [];
  }
  const work = await freshWorkFolder(recipe.name);
  const task = reporter.begin(`downloading ${titleOf(recipe, [...wanted.keys()])}`);
  const problems = new Map<string, string>();
  let ended = false;
  try {
    const output = (product: string) => join(work, "output", product);
    for (const name of wanted.keys()) {
      await mkdir(output(name), { recursive: true });
    }
    const context = { source, work, output, log: cacheFolders.log(recipe.name) };
    const fetched = await fetchRelease(wanted, context);
    for (const [name, problem] of fetched.problems) {
      problems.set(name, problem);
    }
    for (const product of recipe.products.filter(({ name }) => wanted.has(name) && !problems.has(name))) {
      const problem = await unfit(product, recipe.version, join(output(product.name), product.name));
      if (problem !== undefined) {
        const release = wanted.get(product.name);
        problems.set(product.name, `${release && releaseName(release)} ${problem}`);
      } else {
        await publish(output(product.name), places.get(product.name) ?? "");
        await remember(fetched.taken.get(product.name));
      }
    }
    ended = true;
  } finally {
    if (ended && problems.size === 0) {
      task.done();
    } else {
      task.failed();
    }
    await rm(cacheFolders.work(recipe.name), { recursive: true, force: true, maxRetries: 5 });
  }
  const reported = [...new Set(problems.values())];
  for (const problem of reported) {
    reporter.note(`${problem}: ${recipe.name} is built here instead`);
  }
  return reported;
}

/** Only what was fit to use: the right file must not be refused later for a wrong one. */
async function remember(taken: Taken | undefined): Promise<void> {
  if (taken !== undefined) {
    await recordChecksum(taken.name, taken.sha256);
  }
}

function releasesOf(recipe: Recipe, products: readonly string[]): ReadonlyMap<string, Release> {
  const processor = architecture();
  const releases = new Map<string, Release>();
  for (const name of products) {
    const release = processor && recipe.release?.(name, processor);
    if (release !== undefined) {
      releases.set(name, release);
    }
  }
  return releases;
}

/** Why a downloaded program cannot be used on this machine, or undefined. */
async function unfit({ name, probe }: Product, version: string, path: string): Promise<string | undefined> {
  if (probe === undefined) {
    return undefined;
  }
  const said = await saidVersion(path, probe);
  return said === version ? undefined : `holds a ${name} that says it is ${said ?? "no version"}, not ${version}`;
}
