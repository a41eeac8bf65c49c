import { pause } from "../images/pause/recipe.ts";
import { alertmanager } from "./alertmanager/recipe.ts";
import { argoCrds } from "./argo/crds.ts";
import { argo } from "./argo/recipe.ts";
import { argocdManifests } from "./argocd/manifests.ts";
import { argocd } from "./argocd/recipe.ts";
import { cosign } from "./cosign/recipe.ts";
import { crane } from "./crane/recipe.ts";
import { etcd } from "./etcd/recipe.ts";
import { externalSecretsCrds } from "./external-secrets/recipe.ts";
import { helm } from "./helm/recipe.ts";
import { kubeRouter } from "./kube-router/recipe.ts";
import { kubernetesOpenapi } from "./kubernetes/openapi.ts";
import { kubernetes } from "./kubernetes/recipe.ts";
import { nightwatchBundle } from "./nightwatch/recipe.ts";
import { node } from "./node/recipe.ts";
import { npm } from "./npm/recipe.ts";
import { prometheus } from "./prometheus/recipe.ts";
import { pulumiCli } from "./pulumi/cli/recipe.ts";
import { pulumiKubernetes } from "./pulumi/provider/recipe.ts";
import { pulumi } from "./pulumi/recipe.ts";
import { registry } from "./registry/recipe.ts";
import { syft } from "./syft/recipe.ts";

/** Everything that can be asked of `ensureTools`, in the order in which it is made. */
export const recipes = [
  etcd,
  kubernetes,
  kubernetesOpenapi,
  kubeRouter,
  argoCrds,
  argo,
  argocdManifests,
  argocd,
  externalSecretsCrds,
  pulumiCli,
  pulumiKubernetes,
  pulumi,
  helm,
  prometheus,
  alertmanager,
  pause,
  node,
  nightwatchBundle,
  npm,
  crane,
  registry,
  cosign,
  syft,
] as const;

/** Name of a program or piece of data. */
export type ToolName = (typeof recipes)[number]["products"][number]["name"];

/** All names, for messages and for checking what a person typed. */
export const toolNames: readonly ToolName[] = recipes.flatMap((recipe) => recipe.products.map(({ name }) => name));
