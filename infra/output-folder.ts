import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { mistake } from "../constructs/definition/problem.ts";

/** In a folder whose whole content is made anew each time, by which it is known that nothing else is lost with it. */
const MARK = ".made-by-nightlane";

/**
 * Makes a folder anew: what `write` puts into the folder that it is given takes the place of what was made before, once
 * all of it is good. A mistake leaves the last one.
 * @throws UserError if something else lies at its place
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

/** Node's own `recursive` does not end where a file system takes no folders and says that its parent is missing: /proc. */
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
  if (!existsSync(outdir)) return;
  const isFolder = statSync(outdir).isDirectory();
  const content = isFolder ? readdirSync(outdir) : [];
  if (isFolder && (content.length === 0 || content.includes(MARK))) return;
  const found = isFolder ? `a folder with ${content.slice(0, 3).join(", ")}` : "a file";
  throw mistake(
    `output ${outdir}: received ${found}`,
    "the output is made anew as a whole, so only a folder that is new, empty, or was written by this command is replaced",
    `name another folder, or remove ${outdir} yourself if nothing in it is needed`,
  );
}
