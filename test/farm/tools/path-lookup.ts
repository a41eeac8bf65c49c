import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { runCommand } from "../command.ts";
import type { Product, VersionProbe } from "./recipe.ts";

/** Every executable file called `name` on the search path, first to last. */
export async function executablesOnPath(name: string, searchPath = process.env.PATH ?? ""): Promise<string[]> {
  const found: string[] = [];
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const candidate = join(folder, name);
    if (await isExecutableFile(candidate)) {
      found.push(candidate);
    }
  }
  return found;
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not executable by this user: either way not a candidate.
    return false;
  }
}

/** The version a program's output names, without a leading `v`, or undefined. */
export function versionIn(output: string, probe: VersionProbe): string | undefined {
  return probe.pattern.exec(output)?.[1];
}

/** The version that a program reports, or undefined if it reports none. */
export async function saidVersion(program: string, probe: VersionProbe): Promise<string | undefined> {
  const said = await runCommand(program, probe.args, { limitSeconds: 10 });
  return said.code === 0 ? versionIn(said.stdout + said.stderr, probe) : undefined;
}

/**
 * Path of the program on PATH in exactly the pinned version, or undefined. A link is followed: the farm's own folder of
 * programs may be on PATH, and its links are made again to what is found here.
 */
export async function pinnedOnPath(product: Product, version: string): Promise<string | undefined> {
  if (product.probe === undefined) {
    return undefined;
  }
  for (const candidate of await executablesOnPath(product.probe.command ?? product.name)) {
    if ((await saidVersion(candidate, product.probe)) === version) {
      return await realpath(candidate);
    }
  }
  return undefined;
}
