import { goRecipe } from "../../farm/tools/go-recipe.ts";

/** kube-score: a scanner of manifests. It judges workloads, network policies and volumes; it knows nothing of Argo or RBAC. */
export const kubeScore = goRecipe({
  name: "kube-score",
  version: "1.20.0",
  folder: import.meta.dirname,
  programs: [{ name: "kube-score", package: "github.com/zegl/kube-score/cmd/kube-score" }],
  linkerVariables: { "main.version": "1.20.0" },
});
