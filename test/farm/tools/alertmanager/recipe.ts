import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goRecipe } from "../go-recipe.ts";
import { moduleCopy } from "../module-copy.ts";
import type { BuildContext } from "../recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

const MODULE = "github.com/prometheus/alertmanager";

const program = <const Name extends string>(name: Name) => ({
  name,
  package: `${MODULE}/cmd/${name}`,
  probe: { args: ["--version"], pattern: new RegExp(`${name}, version (\\d[^\\s+]*)`) },
});

/**
 * Alertmanager groups and routes calls; amtool checks its settings. A module archive holds no built user interface, which
 * the sources embed: so this builds in a copy.
 */
export const alertmanager = goRecipe({
  name: "alertmanager",
  version: farmVersions.alertmanager,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const name = `alertmanager-${farmVersions.alertmanager}.linux-${architecture}`;
    const file = (path: string) => gitHubRelease("prometheus/alertmanager", farmVersions.alertmanager, path);
    return { url: file(`${name}.tar.gz`), checksums: file("sha256sums.txt"), member: `${name}/${product}` };
  },
  linkerVariables: { "github.com/prometheus/common/version.Version": farmVersions.alertmanager },
  programs: [program("alertmanager"), program("amtool")],
  prepare: copySources,
});

async function copySources(context: BuildContext): Promise<string> {
  const sources = await moduleCopy(context, import.meta.dirname, MODULE);
  // Its two interfaces take Node to build and are not served by the farm; the embedded folders must exist.
  for (const face of ["elm", "mantine"]) {
    const folder = join(sources, "ui/app/dist", face);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "index.html"), "<!doctype html><title>not built</title>\n");
  }
  return sources;
}
