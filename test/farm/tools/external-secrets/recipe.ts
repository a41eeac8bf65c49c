import { moduleData } from "../module-data.ts";
import { farmVersions } from "../versions.ts";

/** The resource definitions of the External Secrets Operator, that the examples in `examples/secrets/` are held to. */
export const externalSecretsCrds = moduleData({
  name: "external-secrets-crds",
  version: farmVersions.externalSecrets,
  folder: import.meta.dirname,
  module: "github.com/external-secrets/external-secrets",
  path: "config/crds/bases",
  included: /\/external-secrets\.io_(externalsecrets|secretstores)\.yaml$/,
});
