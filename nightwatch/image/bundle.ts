import { join } from "node:path";
import { build } from "esbuild";
import { bundlePage } from "../page/bundle.ts";

const ROOT = join(import.meta.dirname, "../..");

/** CommonJS packages load Node's own modules by `require`, which ES modules do not have. */
const REQUIRE = `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);`;

/**
 * Nightwatch and all its imports as one JavaScript file, so that its image needs no package manager and no compiler. The
 * output is reproducible.
 */
export async function bundleNightwatch(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    // The bundle contains paths: keep them the same where node_modules is a link to another checkout.
    preserveSymlinks: true,
    entryPoints: ["nightwatch/main.ts"],
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    define: { PAGE_ASSETS: JSON.stringify(await bundlePage()) },
    banner: { js: REQUIRE },
    // Node keeps the source in memory: minified, it is half as long.
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
