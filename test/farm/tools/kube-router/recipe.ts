import { goRecipe } from "../go-recipe.ts";
import { gitHubRelease } from "../release/release.ts";
import { farmVersions } from "../versions.ts";

/** kube-router, of which the farm runs the firewall only: it enforces NetworkPolicy. */
export const kubeRouter = goRecipe({
  name: "kube-router",
  version: farmVersions.kubeRouter,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const file = (path: string) => gitHubRelease("cloudnativelabs/kube-router", farmVersions.kubeRouter, path);
    return {
      url: file(`kube-router_${farmVersions.kubeRouter}_linux_${architecture}.tar.gz`),
      checksums: file(`kube-router_${farmVersions.kubeRouter}_checksums.txt`),
      member: product,
    };
  },
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
