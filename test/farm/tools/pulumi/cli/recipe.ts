import { goRecipe } from "../../go-recipe.ts";
import { gitHubRelease } from "../../release/release.ts";
import { farmVersions } from "../../versions.ts";

/** The Pulumi CLI alone; use the product `pulumi`, which has its plugins beside it. */
export const pulumiCli = goRecipe({
  name: "pulumi-cli",
  version: farmVersions.pulumi,
  folder: import.meta.dirname,
  release: (_product, architecture) => {
    const file = (path: string) => gitHubRelease("pulumi/pulumi", farmVersions.pulumi, path);
    const processor = { amd64: "x64", arm64: "arm64" }[architecture];
    return {
      url: file(`pulumi-v${farmVersions.pulumi}-linux-${processor}.tar.gz`),
      checksums: file(`pulumi-${farmVersions.pulumi}-checksums.txt`),
      member: "pulumi/pulumi",
    };
  },
  linkerVariables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${farmVersions.pulumi}` },
  programs: [
    {
      name: "pulumi-cli",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      probe: { command: "pulumi", args: ["version"], pattern: /v(\S+)/ },
    },
  ],
});
