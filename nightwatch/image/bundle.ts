import { join } from "node:path";
import { build } from "esbuild";
import { bundlePage } from "../page/bundle.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Packages in CommonJS ask for Node's own modules by `require`, which a module has not. */
const REQUIRE = `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);`;

/**
 * Nightwatch and all that it imports as one file of JavaScript: its image needs no package manager and no compiler. The
 * same text for the same sources and packages.
 */
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
    define: { PAGE_ASSETS: JSON.stringify(await bundlePage()) },
    banner: { js: REQUIRE },
    // Node keeps the text in memory for as long as it runs: without what only people read it is half as long.
    minifyWhitespace: true,
    legalComments: "inline",
    write: false,
    logLevel: "error",
  });
  const [file] = outputFiles;
  if (file === undefined) {
    throw new Error("esbuild made no bundle of nightwatch/main.ts");
  }
  return file.text;
}
