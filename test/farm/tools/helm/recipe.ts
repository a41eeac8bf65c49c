import { goRecipe } from "../go-recipe.ts";
import { farmVersions } from "../versions.ts";

/** Helm: checks that the charts written by synth install. */
export const helm = goRecipe({
  name: "helm",
  version: farmVersions.helm,
  folder: import.meta.dirname,
  linkerVariables: { "helm.sh/helm/v4/internal/version.version": `v${farmVersions.helm}` },
  programs: [
    {
      name: "helm",
      package: "helm.sh/helm/v4/cmd/helm",
      probe: { args: ["version", "--short"], pattern: /v(\d[^\s+]*)/ },
    },
  ],
});
