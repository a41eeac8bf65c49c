import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../../../package.json" with { type: "json" };
import { cacheKey, exists, hashFile } from "../cache.ts";
import { FarmError } from "../errors.ts";
import type { Recipe } from "../recipe.ts";

/** Where the npm package `node` unpacks it. */
const NODE = join(import.meta.dirname, "../../../../node_modules/node/bin/node");

/** The Node that the project pins, for images: npm's registry is all that it takes. */
export const node: Recipe<"node"> = {
  name: "node",
  version: packageJson.dependencies.node,
  products: [{ name: "node" }],
  verb: "copying",
  key: async () => {
    if (!(await exists(NODE))) {
      throw new FarmError(`${NODE} does not exist.\nUnpack it: npm rebuild node --ignore-scripts=false`);
    }
    return cacheKey(packageJson.dependencies.node, { node: await hashFile(NODE) });
  },
  build: async ({ output }) => {
    const target = join(output("node"), "node");
    await copyFile(NODE, target);
    await chmod(target, 0o755);
  },
};
