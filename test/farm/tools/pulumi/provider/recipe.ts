import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { moduleFolder } from "../../go-module.ts";
import { goRecipe } from "../../go-recipe.ts";
import type { BuildContext } from "../../recipe.ts";
import { gitHubRelease } from "../../release/release.ts";
import { farmVersions } from "../../versions.ts";

const MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Pulumi's Kubernetes provider, a plugin of the CLI. */
export const pulumiKubernetes = goRecipe({
  name: "pulumi-kubernetes",
  version: farmVersions.pulumiKubernetes,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const version = farmVersions.pulumiKubernetes;
    const file = (path: string) => gitHubRelease("pulumi/pulumi-kubernetes", version, path);
    return {
      url: file(`${product}-v${version}-linux-${architecture}.tar.gz`),
      checksums: file(`pulumi-kubernetes_${version}_checksums.txt`),
      member: product,
    };
  },
  linkerVariables: { [`${MODULE}/pkg/version.Version`]: farmVersions.pulumiKubernetes },
  // Never taken from PATH: the plugin cannot be asked for its version.
  programs: [{ name: "pulumi-resource-kubernetes", package: "nightlane.example/farm/tools/pulumi/provider" }],
  prepare: addSchema,
});

async function addSchema(context: BuildContext): Promise<string> {
  const sources = join(context.work, "src");
  await mkdir(sources);
  const published = join(await moduleFolder(import.meta.dirname, MODULE), "cmd/pulumi-resource-kubernetes");
  for (const file of ["go.mod", "go.sum", "main.go"]) {
    await copyFile(join(import.meta.dirname, file), join(sources, file));
  }
  for (const file of ["schema.json", "terraform-mapping.json"]) {
    await copyFile(join(published, file), join(sources, file));
  }
  return sources;
}
