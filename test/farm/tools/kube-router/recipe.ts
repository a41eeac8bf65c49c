import { goRecipe } from "../go-recipe.ts";
import { farmVersions } from "../versions.ts";

/** kube-router, of which the farm runs the firewall only: it enforces NetworkPolicy. */
export const kubeRouter = goRecipe({
  name: "kube-router",
  version: farmVersions.kubeRouter,
  folder: import.meta.dirname,
  linkerVariables: {
    "github.com/cloudnativelabs/kube-router/v2/pkg/version.Version": `v${farmVersions.kubeRouter}`,
  },
  programs: [
    {
      name: "kube-router",
      package: "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
      probe: { args: ["--version"], pattern: /kube-router version v?([^\s,]+)/ },
    },
  ],
});
