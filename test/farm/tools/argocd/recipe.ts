import { goRecipe } from "../go-recipe.ts";
import { farmVersions } from "../versions.ts";

const MODULE = "github.com/argoproj/argo-cd/v3";

/** Argo CD: one program that is each of its components, by the name in ARGOCD_BINARY_NAME. */
export const argocd = goRecipe({
  name: "argocd",
  version: farmVersions.argoCd,
  folder: import.meta.dirname,
  linkerVariables: { [`${MODULE}/common.version`]: farmVersions.argoCd },
  programs: [{ name: "argocd", package: `${MODULE}/cmd` }],
});
