import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

/** cosign: signs images and statements about them, and verifies both. */
export const cosign = goRecipe({
  name: "cosign",
  version: farmVersions.cosign,
  folder: import.meta.dirname,
  release: (_product, architecture) => {
    const file = (path: string) => gitHubRelease("sigstore/cosign", farmVersions.cosign, path);
    return { url: file(`cosign-linux-${architecture}`), checksums: file("cosign_checksums.txt") };
  },
  linkerVariables: { "sigs.k8s.io/release-utils/version.gitVersion": `v${farmVersions.cosign}` },
  programs: [
    {
      name: "cosign",
      package: "github.com/sigstore/cosign/v2/cmd/cosign",
      probe: { args: ["version"], pattern: /GitVersion:\s+v?(\S+)/ },
    },
  ],
});
