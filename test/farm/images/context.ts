import { cp } from "node:fs/promises";
import { basename } from "node:path";
import { hashFiles } from "../tools/cache.ts";

/** What working on an image leaves in its folder, and what no image takes: tests and their data stay out too. */
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

/** SHA-256 by path of everything a build could read from `context`. */
export async function hashContext(context: string): Promise<Record<string, string>> {
  return hashFiles(context, belongsToContext);
}

/** Copies a build context without what does not belong to it. */
export async function copyContext(context: string, target: string): Promise<void> {
  await cp(context, target, {
    recursive: true,
    filter: (source) => source === context || belongsToContext(basename(source)),
  });
}
