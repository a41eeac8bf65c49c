import { goRecipe } from "../go-recipe.ts";
import { farmVersions } from "../versions.ts";

const component = <const Name extends string>(name: Name) => ({
  name,
  package: `k8s.io/kubernetes/cmd/${name}`,
  probe: { args: ["--version"], pattern: /Kubernetes v(\S+)/ },
});

/**
 * The Kubernetes components. The module refers to its staging modules by relative folders, which a
 * module cache does not have; go.mod replaces each by its published counterpart (1.x.y is v0.x.y there).
 */
export const kubernetes = goRecipe({
  name: "kubernetes",
  version: farmVersions.kubernetes,
  folder: import.meta.dirname,
  release: (product, architecture) => {
    const url = `https://dl.k8s.io/release/v${farmVersions.kubernetes}/bin/linux/${architecture}/${product}`;
    return { url, checksums: `${url}.sha256` };
  },
  linkerVariables: {
    "k8s.io/component-base/version.gitVersion": `v${farmVersions.kubernetes}`,
    "k8s.io/component-base/version.gitMajor": farmVersions.kubernetes.split(".")[0] ?? "",
    "k8s.io/component-base/version.gitMinor": farmVersions.kubernetes.split(".")[1] ?? "",
  },
  programs: [
    component("kube-apiserver"),
    component("kube-controller-manager"),
    component("kube-scheduler"),
    component("kubelet"),
    component("kube-proxy"),
    {
      name: "kubectl",
      package: "k8s.io/kubernetes/cmd/kubectl",
      probe: { args: ["version", "--client"], pattern: /Client Version: v(\S+)/ },
    },
  ],
});
