/** Kinds of Kubernetes' own that are synthesized: add one here when a construct makes it. */
export const KUBERNETES_KINDS: readonly string[] = [
  "v1/ConfigMap",
  "v1/LimitRange",
  "v1/Namespace",
  "v1/PersistentVolumeClaim",
  "v1/ResourceQuota",
  "v1/Secret",
  "v1/Service",
  "v1/ServiceAccount",
  "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding",
  "apiextensions.k8s.io/v1/CustomResourceDefinition",
  "apps/v1/Deployment",
  "batch/v1/Job",
  "networking.k8s.io/v1/NetworkPolicy",
  "policy/v1/PodDisruptionBudget",
  "rbac.authorization.k8s.io/v1/ClusterRole",
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
  "rbac.authorization.k8s.io/v1/Role",
  "rbac.authorization.k8s.io/v1/RoleBinding",
];

/** Kinds of Argo's that are synthesized. */
export const ARGO_KINDS: readonly string[] = ["CronWorkflow", "WorkflowTemplate"];

/** Kinds of Argo CD's that are synthesized. */
export const ARGOCD_KINDS: readonly string[] = ["Application", "AppProject"];
