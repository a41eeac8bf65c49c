import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin, transform } from "esbuild";
import { images } from "../definition/images.ts";

/** A module compiled to JavaScript that needs only `require`, `module` and `exports`, with its source map. */
export interface Compiled {
  readonly code: string;
  readonly map: string;
  /** Where an object has a property a second time; both count from 0. */
  readonly twice: readonly { readonly line: number; readonly column: number }[];
}

const TARGET = "es2023";

/**
 * Compiles one file, ignoring its types.
 * @throws what esbuild throws for a file that is not TypeScript: `errors`, each with its place and text.
 */
export async function compileFile(source: string): Promise<Compiled> {
  const { code, map, warnings } = await transform(source, {
    loader: "ts",
    format: "cjs",
    target: TARGET,
    sourcemap: "external",
    // Unused imports are kept, so that a forbidden one is always seen.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    // `import()` becomes `require`, which knows what may be imported.
    supported: { "dynamic-import": false },
    logLevel: "silent",
  });
  const twice = warnings
    .filter(({ id }) => id === "duplicate-object-key")
    .flatMap(({ location }) => (location === null ? [] : [{ line: location.line - 1, column: location.column }]));
  // A shebang line is kept, and may not be inside a function.
  return { code: code.replace(/^#!.*/, ""), map, twice };
}

const compiledLibraries = new Map<string, Promise<string>>();

/** The library inside a file's sandbox: without cdk8s except its units, and with the images of this deployment. */
export function compileLibrary(): Promise<string> {
  const names = JSON.stringify(images());
  const known = compiledLibraries.get(names) ?? bundle(names);
  compiledLibraries.set(names, known);
  return known;
}

async function bundle(images: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("sandbox-library.ts", import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: "cjs",
    platform: "neutral",
    target: TARGET,
    plugins: [replacements(images)],
    logLevel: "silent",
  });
  return outputFiles.map(({ text }) => text).join("\n");
}

/** Compiles the program of the process that evaluates. */
export async function compileEvaluator(): Promise<string> {
  const source = readFileSync(new URL("evaluator.ts", import.meta.url), "utf8");
  return (await transform(source, { loader: "ts", format: "cjs", target: TARGET })).code;
}

/** Modules that the library lacks in the sandbox, and their replacements. */
function replacements(images: string): Plugin {
  const cdk8s = dirname(createRequire(import.meta.url).resolve("cdk8s"));
  const units = `export { Duration } from ${JSON.stringify(join(cdk8s, "duration.js"))};
export { Size, SizeRoundingBehavior } from ${JSON.stringify(join(cdk8s, "size.js"))};`;
  const cpu = `export class Cpu {
  constructor(amount) { this.amount = amount; }
  static millis(amount) { return new Cpu(amount + "m"); }
  static units(amount) { return new Cpu(amount.toString()); }
}`;
  const imagesModule = `const images = ${images};
export function images_() { return images; }
export { images_ as images };
export function isByDigest() { return true; }`;
  // A file only names a calendar; its days are not needed before the checks.
  const calendars = 'export default { calendars: {}, from: "", to: "" }';
  const texts: Readonly<Record<string, string>> = {
    cdk8s: units,
    "cdk8s-plus-27": cpu,
    images: imagesModule,
    calendars,
  };
  return {
    name: "nightlane-sandbox",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^cdk8s(-plus-27)?$/ }, ({ path }) => ({ path, namespace: "replaced" }));
      onResolve({ filter: /\/images\.ts$/ }, () => ({ path: "images", namespace: "replaced" }));
      onResolve({ filter: /\/named-calendars\.json$/ }, () => ({ path: "calendars", namespace: "replaced" }));
      onLoad({ filter: /.*/, namespace: "replaced" }, ({ path }) => ({
        contents: texts[path] ?? "",
        resolveDir: cdk8s,
      }));
    },
  };
}
