import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { goRecipe } from "../go-recipe.ts";
import { moduleCopy } from "../module-copy.ts";
import type { BuildContext } from "../recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

const MODULE = "github.com/argoproj/argo-workflows/v4";

const program = <const Name extends string>(name: Name) => ({
  name,
  package: `${MODULE}/cmd/${name}`,
  probe: { args: ["version", "--short"], pattern: /: v?(\d[^\s+]*)/ },
});

/**
 * Argo Workflows. A module archive holds no symbolic links and no built user interface, both of which
 * the sources need, and Go does not allow adding files to a module in its cache: so this builds in a copy.
 */
export const argo = goRecipe({
  name: "argo",
  version: farmVersions.argoWorkflows,
  folder: import.meta.dirname,
  // The controller and the executor are released as images only.
  release: (product, architecture) => {
    const version = farmVersions.argoWorkflows;
    if (product !== "argo") {
      const image = { image: `quay.io/argoproj/${product}:v${version}`, member: `bin/${product}` };
      return product === "workflow-controller" ? { ...image, folder: "usr/share/zoneinfo" } : image;
    }
    const file = (path: string) => gitHubRelease("argoproj/argo-workflows", version, path);
    return { url: file(`argo-linux-${architecture}.gz`), checksums: file("argo-workflows-cli-checksums.txt") };
  },
  // Without a commit to name, the programs call themselves v4.0.5+unknown.
  linkerVariables: { [`${MODULE}.version`]: `v${farmVersions.argoWorkflows}` },
  programs: [program("workflow-controller"), program("argoexec"), program("argo")],
  // The image is made from scratch: the controller brings its own time zones for CronWorkflows, in it or beside it.
  tags: ["timetzdata"],
  prepare: copySources,
});

async function copySources(context: BuildContext): Promise<string> {
  const sources = await moduleCopy(context, import.meta.dirname, MODULE);
  // In the repository signal_linux.go is a link to its darwin neighbour.
  const signals = join(sources, "workflow/executor/osspecific");
  await copyFile(join(signals, "signal_darwin.go"), join(signals, "signal_linux.go"));
  // `argo` embeds the web interface, which takes Node to build and which the farm does not serve.
  await mkdir(join(sources, "ui/dist/app"), { recursive: true });
  await writeFile(join(sources, "ui/dist/app/index.html"), "<!doctype html><title>not built</title>\n");
  return sources;
}
