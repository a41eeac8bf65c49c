import { moduleData } from "../module-data.ts";
import { farmVersions } from "../versions.ts";

/** The API description of the pinned Kubernetes (`swagger.json`), from which manifests are checked offline. */
export const kubernetesOpenapi = moduleData({
  name: "kubernetes-openapi",
  version: farmVersions.kubernetes,
  folder: import.meta.dirname,
  module: "k8s.io/kubernetes",
  path: "api/openapi-spec/swagger.json",
});
