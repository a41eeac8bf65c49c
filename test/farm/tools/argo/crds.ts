import { moduleData } from "../module-data.ts";
import { farmVersions } from "../versions.ts";

/**
 * Argo's CustomResourceDefinitions: a folder with `full/` (the whole schema) and `minimal/` (for API
 * servers that refuse large objects).
 */
export const argoCrds = moduleData({
  name: "argo-crds",
  version: farmVersions.argoWorkflows,
  folder: import.meta.dirname,
  module: "github.com/argoproj/argo-workflows/v4",
  path: "manifests/base/crds",
  included: /\/argoproj\.io_[^/]+\.yaml$/,
});
