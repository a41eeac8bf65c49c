import { chmod, copyFile, link, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import typescript from "typescript";
import { UserError } from "../../../../constructs/definition/problem.ts";
import { cacheKey, cacheRoot, exists, hashFile } from "../cache.ts";
import type { Recipe } from "../recipe.ts";
import { farmVersions } from "../versions.ts";

const HOST_SOURCE = join(import.meta.dirname, "language-nodejs/host.ts");
const LANGUAGE_HOST = "pulumi-language-nodejs";
const PROVIDER = "pulumi-resource-kubernetes";
const CLI = "pulumi-cli";

/** What the engine starts: it finds the transpiled host beside itself, however it was reached. */
const LAUNCHER = `#!/bin/sh
exec node "$(dirname "$(readlink -f "$0")")/${LANGUAGE_HOST}.mjs" "$@"
`;

/**
 * Pulumi as it is used: a folder with the CLI, the Kubernetes provider and the language host side by
 * side. With this folder first on PATH, `pulumi up` needs nothing else.
 */
export const pulumi: Recipe<"pulumi"> = {
  name: "pulumi",
  version: farmVersions.pulumi,
  products: [{ name: "pulumi" }],
  needs: [CLI, PROVIDER],
  verb: "assembling",
  key: async (_product, needed) =>
    cacheKey(farmVersions.pulumi, { needed, host: await hashFile(HOST_SOURCE), launcher: LAUNCHER }),
  build: async ({ needed, output }) => {
    const folder = output("pulumi");
    const cli = await realpath(pathOf(needed, CLI));
    const officialHost = join(dirname(cli), LANGUAGE_HOST);
    await place(cli, join(folder, "pulumi"));
    await place(await realpath(pathOf(needed, PROVIDER)), join(folder, PROVIDER));
    // Beside a pulumi that was put together here, as in the pipeline's image, is a launcher and not the project's host.
    if ((await exists(officialHost)) && !(await exists(`${officialHost}.mjs`))) {
      await place(officialHost, join(folder, LANGUAGE_HOST));
    } else {
      await writeFile(join(folder, `${LANGUAGE_HOST}.mjs`), await transpiledHost());
      await writeFile(join(folder, LANGUAGE_HOST), LAUNCHER);
      await chmod(join(folder, LANGUAGE_HOST), 0o755);
    }
  },
};

/** The language host as JavaScript that any supported Node runs. */
export async function transpiledHost(): Promise<string> {
  return typescript.transpileModule(await readFile(HOST_SOURCE, "utf8"), {
    compilerOptions: { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2022 },
  }).outputText;
}

/**
 * Those from the cache are hard links, because the CLI looks for plugins beside its real place; an installation of the
 * machine's is only pointed to, because it may rely on its own neighbours.
 */
async function place(source: string, target: string): Promise<void> {
  if (!source.startsWith(cacheRoot())) {
    await symlink(source, target);
    return;
  }
  await link(source, target).catch(() => copyFile(source, target));
}

function pathOf(needed: Readonly<Record<string, string>>, name: string): string {
  const path = needed[name];
  if (path === undefined) {
    throw new UserError(`the recipe of pulumi was not given ${name}`);
  }
  return path;
}
