import { moduleData } from "../module-data.ts";
import { farmVersions } from "../versions.ts";

/** Argo CD's own manifests: `crds/`, `base/config/` and `base/application-controller-roles/` of them are used. */
export const argocdManifests = moduleData({
  name: "argocd-manifests",
  version: farmVersions.argoCd,
  folder: import.meta.dirname,
  module: "github.com/argoproj/argo-cd/v3",
  path: "manifests",
  included: /\/(crds|base\/config|base\/application-controller-roles)\/[^/]+\.yaml$/,
});
