import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../../constructs/definition/problem.ts";
import versions from "../../../../versions.json" with { type: "json" };
import { cacheKey } from "../cache.ts";
import { runLogged } from "../command.ts";
import type { Recipe } from "../recipe.ts";

const { version, integrity } = versions.npm;

/** npm as a folder, for the image of the pipeline's jobs: Node's own package brings none along. */
export const npm: Recipe<"npm"> = {
  name: "npm",
  version,
  products: [{ name: "npm" }],
  verb: "fetching",
  key: async () => cacheKey(version, { integrity }),
  build: async ({ work, output, log }) => {
    await runLogged({ command: "npm", args: ["pack", "--silent", `npm@${version}`], cwd: work, log });
    const archive = join(work, `npm-${version}.tgz`);
    const found = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (found !== integrity) {
      throw new UserError(`npm ${version} has the checksum ${found}, but versions.json names ${integrity}.`);
    }
    const folder = output("npm");
    const args = ["-xzf", archive, "-C", folder, "--no-same-owner", "--transform", "s,^package,npm,"];
    await runLogged({ command: "tar", args, log });
  },
};
