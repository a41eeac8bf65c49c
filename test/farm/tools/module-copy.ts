import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runLogged } from "./command.ts";
import { moduleFolder } from "./go-module.ts";
import type { BuildContext } from "./recipe.ts";

/**
 * A copy of a module that the go.mod in `folder` pins, in which files can be added: Go does not allow that in its
 * cache. What is built in it is built by the module's own go.mod and go.sum.
 *
 * @returns the copy's folder, which is thrown away with the build
 */
export async function moduleCopy({ work, log }: BuildContext, folder: string, module: string): Promise<string> {
  const sources = join(work, "src");
  await mkdir(sources);
  // Without the modes: a module's folders are read-only.
  const args = ["-R", "--no-preserve=mode", `${await moduleFolder(folder, module)}/.`, sources];
  await runLogged({ command: "cp", args, log });
  return sources;
}
