import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

/** The CNCF distribution: the registry that releases are tried against. */
export const registry = goRecipe({
  name: "registry",
  version: farmVersions.registry,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const name = `registry_${farmVersions.registry}_linux_${architecture}.tar.gz`;
    const url = gitHubRelease("distribution/distribution", farmVersions.registry, name);
    return { url, checksums: `${url}.sha256`, member: product };
  },
  linkerVariables: { "github.com/distribution/distribution/v3/version.version": `v${farmVersions.registry}` },
  programs: [
    {
      name: "registry",
      package: "github.com/distribution/distribution/v3/cmd/registry",
      probe: { args: ["--version"], pattern: /distribution\S* v?(\d\S*)/ },
    },
  ],
});
