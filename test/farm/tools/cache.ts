import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";

/**
 * Where tools and images are kept, outside any checkout: `$NIGHTLANE_CACHE`, else
 * `$XDG_CACHE_HOME/nightlane`, else `~/.cache/nightlane`.
 */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment.NIGHTLANE_CACHE;
  if (own !== undefined && own !== "") {
    return own;
  }
  const xdg = environment.XDG_CACHE_HOME;
  return join(xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".cache"), "nightlane");
}

/** The folders inside the cache. Everything under `work` is unfinished and may be removed when its lock is held. */
export const cacheFolders = {
  finished: (kind: "tools" | "images" | "bases", name: string, key: string) => join(cacheRoot(), kind, name, key),
  work: (name: string) => join(cacheRoot(), "work", name),
  lock: (name: string) => join(cacheRoot(), "locks", `${name}.lock`),
  log: (name: string) => join(cacheRoot(), "logs", `${name}.log`),
} as const;

/** `<version>-<8 hex digits>`: readable, and different whenever anything in `ingredients` differs. */
export function cacheKey(version: string, ingredients: unknown): string {
  const digest = createHash("sha256").update(JSON.stringify(ingredients)).digest("hex");
  return `${version}-${digest.slice(0, 8)}`;
}

/** SHA-256 of every file below `folder` for which `included` holds, by path relative to `folder`, in a fixed order. */
export async function hashFiles(
  folder: string,
  included: (path: string) => boolean = () => true,
): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter(included)
    .sort();
  const hashes: Record<string, string> = {};
  for (const path of paths) {
    hashes[path] = await hashFile(join(folder, path));
  }
  return hashes;
}

/** SHA-256 of one file, in hex. */
export async function hashFile(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Whether something exists at `path`. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * An empty folder to build in. Whatever an earlier, killed build left under the same name is removed
 * first, so call it with the lock of `name` held.
 */
export async function freshWorkFolder(name: string): Promise<string> {
  const parent = cacheFolders.work(name);
  // A build that outlived its killed parent may still be writing; without its folder it soon fails.
  await rm(parent, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  const folder = join(parent, String(process.pid));
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Moves a finished folder to its place in one step: a reader sees all of it or nothing. */
export async function publish(finishedWork: string, place: string): Promise<void> {
  await mkdir(join(place, ".."), { recursive: true });
  await rm(place, { recursive: true, force: true });
  await rename(finishedWork, place);
}
