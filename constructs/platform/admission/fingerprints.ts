import { LANE_PREFIX } from "../../../runs/lane-namespace.ts";
import { SYSTEM_NAMESPACE } from "../../definition/central-cluster.ts";
import { type AdmissionPolicyProps, CORE } from "./admission-policy.ts";
import { quoted, VERSIONS } from "./cel.ts";
import { FROM_DEPLOYER, FROM_KUBERNETES, mayDeploy } from "./identities.ts";

/**
 * Invariant 11: a customer's deployer writes ConfigMaps in the platform's namespace: the fingerprints of its credentials,
 * whose names nobody knows beforehand. It writes those of its own customer and no others; otherwise it could remove what
 * keeps a credential from a second customer.
 */
export const FINGERPRINTS: AdmissionPolicyProps = {
  name: "nightlane-fingerprints",
  scope: "everywhere",
  rules: [{ ...CORE, resources: ["configmaps"], operations: ["CREATE", "UPDATE", "DELETE"] }],
  exempt: {
    elsewhere: `request.namespace != ${quoted(SYSTEM_NAMESPACE)}`,
    deployer: FROM_DEPLOYER,
    kubernetes: FROM_KUBERNETES,
  },
  variables: { versions: VERSIONS },
  validations: [
    {
      expression: `variables.versions.all(each, each.metadata.name.matches('^fingerprint-[0-9a-f]{64}$') && has(each.data) && 'customer' in each.data && ${mayDeploy(`${quoted(LANE_PREFIX)} + each.data.customer`)})`,
      received: "request.operation + ' of ConfigMap ' + request.name + ' by ' + request.userInfo.username",
      rule: "a customer's deployer writes the fingerprints of its own customer, and no other ConfigMap of the platform",
      fix: "deploy the stack of the customer whose kubeconfig this is",
    },
  ],
};
