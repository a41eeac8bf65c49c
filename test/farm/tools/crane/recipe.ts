import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

/** crane: puts images into a registry as they are, byte for byte, and lists what a registry holds. */
export const crane = goRecipe({
  name: "crane",
  version: farmVersions.crane,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const file = (path: string) => gitHubRelease("google/go-containerregistry", farmVersions.crane, path);
    const processor = architecture === "amd64" ? "x86_64" : architecture;
    return {
      url: file(`go-containerregistry_Linux_${processor}.tar.gz`),
      checksums: file("checksums.txt"),
      member: product,
    };
  },
  linkerVariables: { "github.com/google/go-containerregistry/cmd/crane/cmd.Version": farmVersions.crane },
  programs: [
    {
      name: "crane",
      package: "github.com/google/go-containerregistry/cmd/crane",
      probe: { args: ["version"], pattern: /^v?(\d\S*)/ },
    },
  ],
});
