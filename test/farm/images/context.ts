import { createHash } from "node:crypto";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { hashFiles } from "../tools/cache.ts";

/** What working on an image leaves in its folder, and what no image needs: tests and their data stay out too. */
const LEFT_OUT = new Set([
  ".git",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".venv",
  "__pycache__",
  "build",
  "dist",
  "node_modules",
  "tests",
]);

/** Whether a file belongs to a build context, by its path relative to the context. */
export function belongsToContext(path: string): boolean {
  return path.split("/").every((part) => !LEFT_OUT.has(part) && !part.endsWith(".egg-info"));
}

/** An official Docker base, as a Dockerfile pins it. */
const PINNED = /^(FROM (?:--\S+ )*docker\.io\/library\/\S+)@sha256:[0-9a-f]{64}/gm;

/**
 * A Dockerfile as it is built here: from the base of the cache, which is the pinned one or was made from Debian's
 * packages, and stands for the pin. Its own digest goes into an image's cache key.
 */
export function builtHere(dockerfile: string): string {
  return dockerfile.replace(PINNED, "$1");
}

/** SHA-256 by path of everything a build could read from `context`. */
export async function hashContext(context: string): Promise<Record<string, string>> {
  const hashes = await hashFiles(context, belongsToContext);
  for (const path of Object.keys(hashes).filter(isDockerfile)) {
    const text = builtHere(await readFile(join(context, path), "utf8"));
    hashes[path] = createHash("sha256").update(text).digest("hex");
  }
  return hashes;
}

/** Copies a build context without what does not belong to it. */
export async function copyContext(context: string, target: string): Promise<void> {
  await cp(context, target, {
    recursive: true,
    filter: (source) => source === context || belongsToContext(basename(source)),
  });
  for (const name of (await readdir(target)).filter(isDockerfile)) {
    await writeFile(join(target, name), builtHere(await readFile(join(target, name), "utf8")));
  }
}

function isDockerfile(path: string): boolean {
  return !path.includes("/") && path.endsWith("Dockerfile");
}
