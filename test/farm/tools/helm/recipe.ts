import { goRecipe } from "../go-recipe.ts";
import { farmVersions } from "../versions.ts";

/** Helm: checks that the charts written by synth install. */
export const helm = goRecipe({
  name: "helm",
  version: farmVersions.helm,
  folder: import.meta.dirname,
  release: (_product, architecture) => {
    const url = `https://get.helm.sh/helm-v${farmVersions.helm}-linux-${architecture}.tar.gz`;
    return { url, checksums: `${url}.sha256sum`, member: `linux-${architecture}/helm` };
  },
  linkerVariables: { "helm.sh/helm/v4/internal/version.version": `v${farmVersions.helm}` },
  programs: [
    {
      name: "helm",
      package: "helm.sh/helm/v4/cmd/helm",
      probe: { args: ["version", "--short"], pattern: /v(\d[^\s+]*)/ },
    },
  ],
});
