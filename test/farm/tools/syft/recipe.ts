import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

/** syft: the bill of materials of an image, from its content. */
export const syft = goRecipe({
  name: "syft",
  version: farmVersions.syft,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const file = (path: string) => gitHubRelease("anchore/syft", farmVersions.syft, path);
    return {
      url: file(`syft_${farmVersions.syft}_linux_${architecture}.tar.gz`),
      checksums: file(`syft_${farmVersions.syft}_checksums.txt`),
      member: product,
    };
  },
  linkerVariables: { "main.version": farmVersions.syft },
  programs: [
    {
      name: "syft",
      package: "github.com/anchore/syft/cmd/syft",
      probe: { args: ["version"], pattern: /Version:\s+v?(\S+)/ },
    },
  ],
});
