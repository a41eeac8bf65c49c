import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../constructs/definition/problem.ts";
import { cacheFolders, exists, freshWorkFolder, publish } from "./cache.ts";
import { withLock } from "./lock.ts";
import { pinnedOnPath } from "./path-lookup.ts";
import { type Product, type Recipe, titleOf } from "./recipe.ts";
import { recipes, type ToolName } from "./recipes.ts";
import { downloadSource } from "./release/source.ts";
import { takeRelease } from "./release/take-release.ts";
import { type Reporter, reported } from "./reporter.ts";
import { requireGo } from "./requirements.ts";
import { type MissingTool, ToolRun } from "./tool-run.ts";

/**
 * Makes sure that the named tools are on this machine in their pinned versions and says where.
 *
 * A tool is taken from PATH if it is there in exactly the pinned version, else from the cache, else from its project's
 * release, else made from its pinned module; the last two end in the cache. Only what is named is made. Safe to call
 * twice at once and after a killed call.
 *
 * @returns the absolute path of each named tool
 * @throws UserError if something can neither be downloaded nor built, with both reasons
 */
export async function ensureTools<const Name extends ToolName>(
  names: readonly Name[],
  reporter: Reporter,
): Promise<Record<Name, string>> {
  const wanted = new Set<string>(names);
  const paths = await ensureFrom(recipes, wanted, reporter);
  return Object.fromEntries(names.map((name) => [name, pathOf(paths, name)])) as Record<Name, string>;
}

/** {@link ensureTools} over any list of recipes; a recipe stands after those whose products it needs. */
export async function ensureFrom(
  available: readonly Recipe[],
  wanted: ReadonlySet<string>,
  reporter: Reporter,
): Promise<ReadonlyMap<string, string>> {
  const all = new Set(wanted);
  for (const recipe of available.toReversed()) {
    if (recipe.products.some(({ name }) => all.has(name))) {
      for (const need of recipe.needs ?? []) {
        all.add(need);
      }
    }
  }
  const paths = new Map<string, string>();
  const missing: MissingTool[] = [];
  for (const recipe of available) {
    const products = recipe.products.filter(({ name }) => all.has(name));
    await collectPresent(recipe, products, paths);
    if (products.some(({ name }) => !paths.has(name))) {
      missing.push({ recipe, products });
    }
  }
  const run = new ToolRun(missing, downloadSource().kind !== "off");
  for (const { recipe, products } of missing) {
    run.next();
    await supply(recipe, products, paths, run, reporter);
  }
  return paths;
}

/** Adds to `found` what is on PATH or in the cache already. */
async function collectPresent(recipe: Recipe, products: readonly Product[], found: Map<string, string>): Promise<void> {
  for (const product of products) {
    const onPath = await pinnedOnPath(product, recipe.version);
    if (onPath !== undefined) {
      found.set(product.name, onPath);
    }
  }
  // What is made of something that is missing is missing too.
  if (products.length > 0 && (recipe.needs ?? []).every((name) => found.has(name))) {
    await collectCached(await placesFor(recipe, products, neededOf(recipe, found)), found);
  }
}

/** Downloads or makes what is missing of a recipe, unless another process does, and adds it to `found`. */
async function supply(
  recipe: Recipe,
  products: readonly Product[],
  found: Map<string, string>,
  run: ToolRun,
  reporter: Reporter,
): Promise<void> {
  const needed = neededOf(recipe, found);
  const places = await placesFor(recipe, products, needed);
  const onWait = () => reporter.note(`waiting for another process that is making ${recipe.name}`);
  await withLock(cacheFolders.lock(recipe.name), onWait, async () => {
    await collectCached(places, found);
    const missing = () => products.map(({ name }) => name).filter((name) => !found.has(name));
    const released = new Map([...places].map(([name, { released }]) => [name, released]));
    const problems = await takeRelease(recipe, missing(), released, run.during("download", reporter));
    await collectCached(places, found);
    if (missing().length > 0) {
      await make(recipe, missing(), places, needed, run.during("build", reporter)).catch((error: unknown) => {
        throw error instanceof UserError ? new UserError([...problems, error.message].join("\n")) : error;
      });
      await collectCached(places, found);
    }
  });
}

function neededOf({ needs }: Recipe, paths: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries((needs ?? []).map((name) => [name, paths.get(name) ?? ""]));
}

async function placesFor(
  recipe: Recipe,
  products: readonly Product[],
  needed: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Places>> {
  const places = new Map<string, Places>();
  for (const { name } of products) {
    const at = (key: string) => cacheFolders.finished("tools", name, key);
    places.set(name, { built: at(await recipe.key(name, needed)), released: at(`${recipe.version}-release`) });
  }
  return places;
}

/** Folders in the cache where a product may be. */
interface Places {
  readonly built: string;
  readonly released: string;
}

async function collectCached(places: ReadonlyMap<string, Places>, found: Map<string, string>): Promise<void> {
  for (const [name, { built, released }] of places) {
    for (const path of [join(built, name), join(released, name)]) {
      if (!found.has(name) && (await exists(path))) {
        found.set(name, path);
      }
    }
  }
}

async function make(
  recipe: Recipe,
  missing: readonly string[],
  places: ReadonlyMap<string, Places>,
  needed: Readonly<Record<string, string>>,
  reporter: Reporter,
): Promise<void> {
  if (recipe.goModule !== undefined) {
    await requireGo(recipe.goModule, `${recipe.verb ?? "building"} ${recipe.name} ${recipe.version}`);
  }
  const work = await freshWorkFolder(recipe.name);
  const log = cacheFolders.log(recipe.name);
  await rm(log, { force: true });
  const output = (product: string) => join(work, "output", product);
  for (const name of missing) {
    await mkdir(output(name), { recursive: true });
  }
  try {
    await reported(reporter, `${recipe.verb ?? "building"} ${titleOf(recipe, missing)}`, async () => {
      await recipe.build({ wanted: missing, work, output, log, needed });
      for (const name of missing) {
        await publish(output(name), placesOf(places, name).built);
      }
    });
  } finally {
    await rm(cacheFolders.work(recipe.name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function placesOf(places: ReadonlyMap<string, Places>, name: string): Places {
  const found = places.get(name);
  if (found === undefined) {
    throw new UserError(`${name} has no place in the cache: a fault of its recipe`);
  }
  return found;
}

function pathOf(paths: ReadonlyMap<string, string>, name: string): string {
  const path = paths.get(name);
  if (path === undefined) {
    throw new UserError(`${name} was built, but the result is not where it belongs: a fault of its recipe`);
  }
  return path;
}
