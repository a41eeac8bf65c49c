import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleNightwatch } from "../../../../nightwatch/image/bundle.ts";
import packageJson from "../../../../package.json" with { type: "json" };
import { cacheKey } from "../cache.ts";
import type { Recipe } from "../recipe.ts";

export const nightwatchBundle: Recipe<"nightwatch"> = {
  name: "nightwatch",
  version: packageJson.version,
  products: [{ name: "nightwatch" }],
  verb: "bundling",
  // Bundling takes less time than finding out what goes into it.
  key: async () =>
    cacheKey(packageJson.version, {
      text: createHash("sha256")
        .update(await bundleNightwatch())
        .digest("hex"),
    }),
  build: async ({ output }) => writeFile(join(output("nightwatch"), "nightwatch"), await bundleNightwatch()),
};
