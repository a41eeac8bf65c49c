import versions from "../../../versions.json" with { type: "json" };

/**
 * The versions the farm runs, all of them from `versions.json` at the root, without a leading `v`.
 *
 * The go.mod beside each recipe repeats the number (Go needs it there); a unit test keeps the two equal.
 */
export const farmVersions = {
  alertmanager: versions.alertmanager.farm,
  argoCd: versions.argoCd.farm,
  argoWorkflows: versions.argoWorkflows.farm,
  cosign: versions.cosign.farm,
  crane: versions.crane.farm,
  etcd: versions.etcd.farm,
  externalSecrets: versions.externalSecrets.farm,
  helm: versions.helm.farm,
  kubeRouter: versions.kubeRouter.farm,
  kubernetes: versions.kubernetes.farm,
  prometheus: versions.prometheus.farm,
  pulumi: versions.pulumi.farm,
  pulumiKubernetes: versions.pulumiKubernetes.farm,
  registry: versions.registry.farm,
  syft: versions.syft.farm,
} as const;
