import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { mistake } from "../constructs/definition/problem.ts";

/** Marks a folder whose whole content is regenerated each time, so that nothing else is lost with it. */
const MARK = ".made-by-nightlane";

/**
 * Regenerates a folder: what `write` puts into its folder replaces the former content, once all of it is valid. A
 * mistake keeps the former one.
 * @throws UserError if something else is in its place
 */
export async function replaceFolder(outdir: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  requireOwn(outdir);
  const unfinished = `${outdir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    makeFolder(unfinished, outdir);
    writeFileSync(join(unfinished, MARK), "");
    await write(unfinished);
    rmSync(outdir, { recursive: true, force: true });
    renameSync(unfinished, outdir);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * Node's own `recursive` never ends where a file system accepts no folders and reports that the parent is missing:
 * /proc.
 */
function makeFolder(folder: string, outdir: string): void {
  const parent = dirname(resolve(folder));
  if (!existsSync(parent)) {
    makeFolder(parent, outdir);
  }
  try {
    mkdirSync(folder);
  } catch (error) {
    throw mistake(
      `output ${outdir}: received a place where no folder can be made (${error instanceof Error ? error.message : error})`,
      "a folder that you may write to",
      "name another folder",
    );
  }
}

function requireOwn(outdir: string): void {
  if (!existsSync(outdir)) {
    return;
  }
  const isFolder = statSync(outdir).isDirectory();
  const content = isFolder ? readdirSync(outdir) : [];
  if (isFolder && (content.length === 0 || content.includes(MARK))) {
    return;
  }
  const found = isFolder ? `a folder with ${content.slice(0, 3).join(", ")}` : "a file";
  throw mistake(
    `output ${outdir}: received ${found}`,
    "the whole output is regenerated, so only a folder that is new, empty, or was written by this command is replaced",
    `name another folder, or remove ${outdir} yourself if nothing in it is needed`,
  );
}
