import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

const MODULE = "github.com/argoproj/argo-cd/v3";

/** Argo CD: one program that is each of its components, by the name in ARGOCD_BINARY_NAME. */
export const argocd = goRecipe({
  name: "argocd",
  version: farmVersions.argoCd,
  folder: import.meta.dirname,
  release: (_product, architecture) => {
    const file = (path: string) => gitHubRelease("argoproj/argo-cd", farmVersions.argoCd, path);
    return { url: file(`argocd-linux-${architecture}`), checksums: file("cli_checksums.txt") };
  },
  linkerVariables: { [`${MODULE}/common.version`]: farmVersions.argoCd },
  programs: [{ name: "argocd", package: `${MODULE}/cmd` }],
});
