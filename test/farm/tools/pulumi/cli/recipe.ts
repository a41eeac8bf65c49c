import { goRecipe } from "../../go-recipe.ts";
import { farmVersions } from "../../versions.ts";

/** The Pulumi CLI alone; use the product `pulumi`, which has its plugins beside it. */
export const pulumiCli = goRecipe({
  name: "pulumi-cli",
  version: farmVersions.pulumi,
  folder: import.meta.dirname,
  linkerVariables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${farmVersions.pulumi}` },
  programs: [
    {
      name: "pulumi-cli",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      probe: { command: "pulumi", args: ["version"], pattern: /v(\S+)/ },
    },
  ],
});
