import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const CLIENT = "@kubernetes/client-node";

/**
 * Lets the Kubernetes client be read as one file, made at the first command of its version: its hundreds of modules take
 * longer to load than most commands take to answer. Where nothing can be written beside the packages, all stays as it is.
 */
export async function loadClientFast() {
  const packages = fileURLToPath(new URL("../node_modules/", import.meta.url));
  const { version } = JSON.parse(readFileSync(join(packages, CLIENT, "package.json"), "utf8"));
  const cache = join(packages, ".cache/nightlane");
  const file = join(cache, `client-node-${version}.mjs`);
  try {
    await make(file);
  } catch {
    return;
  }
  enableCompileCache(join(cache, "compiled"));
  const found = { url: pathToFileURL(file).href, shortCircuit: true };
  registerHooks({
    resolve: (specifier, context, next) => (specifier === CLIENT ? found : next(specifier, context)),
  });
}

/** @param {string} file */
async function make(file) {
  if (existsSync(file)) {
    return;
  }
  const { build } = await import("esbuild");
  const unfinished = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  await build({
    entryPoints: [fileURLToPath(import.meta.resolve(CLIENT))],
    outfile: unfinished,
    bundle: true,
    platform: "node",
    format: "esm",
    minifyWhitespace: true,
    logLevel: "silent",
    // Some of what it uses is CommonJS, which asks for Node's own modules by require.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  renameSync(unfinished, file);
}
