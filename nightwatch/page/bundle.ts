import { join } from "node:path";
import { build } from "esbuild";
import type { PageAssets } from "./document.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The browser's part of the page as one script and one style sheet, reproducibly. */
export async function bundlePage(): Promise<PageAssets> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    preserveSymlinks: true,
    entryPoints: ["nightwatch/page/browser/main.tsx", "nightwatch/page/browser/page.css"],
    outdir: "page",
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2023",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "inline",
    write: false,
    logLevel: "error",
  });
  const text = (end: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(end));
    if (file === undefined) {
      throw new Error(`esbuild made no ${end} of nightwatch/page/browser/main.tsx`);
    }
    return file.text;
  };
  // An embedded script must not contain its closing tag.
  return { script: text(".js").replaceAll("</script", "<\\/script"), style: text(".css") };
}
