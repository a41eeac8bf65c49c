import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import packageJson from "../../../package.json" with { type: "json" };
import { cacheKey } from "../../tools/cache.ts";
import { FarmError } from "../../tools/errors.ts";
import type { Recipe } from "../../tools/recipe.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Packages in CommonJS ask for Node's own modules by `require`, which a module has not. */
const REQUIRE = `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);`;

/** Nightwatch and all that it imports as one file of JavaScript: its image needs no package manager and no compiler. */
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

/** The text of the bundle; the same for the same sources and packages. */
export async function bundleNightwatch(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    // The bundle names its parts by their paths: the same ones where the packages are a link to another checkout's.
    preserveSymlinks: true,
    entryPoints: ["nightwatch/main.ts"],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: REQUIRE },
    legalComments: "inline",
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (file === undefined) {
    throw new FarmError("esbuild made no bundle of nightwatch/main.ts");
  }
  return file.text;
}
