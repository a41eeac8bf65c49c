import { Construct } from "constructs";
import { SYSTEM_NAMESPACE } from "../../definition/central-cluster.ts";
import { AdmissionPolicy } from "./admission-policy.ts";
import { quoted } from "./cel.ts";
import { FROM_DEPLOYER, FROM_KUBERNETES, mayDeploy } from "./identities.ts";

/**
 * Invariant 11: a customer's deployer writes ConfigMaps of the platform's namespace, since what its credentials are
 * fingerprinted by lies there, under names that nobody knows before. It writes those of its own customer and no other
 * ConfigMap; otherwise it could take away what keeps a credential from a second customer.
 */
export class FingerprintsOfTheirOwn extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-fingerprints",
      scope: "everywhere",
      rules: [
        { apiGroup: "", apiVersion: "v1", resources: ["configmaps"], operations: ["CREATE", "UPDATE", "DELETE"] },
      ],
      exempt: {
        elsewhere: `request.namespace != ${quoted(SYSTEM_NAMESPACE)}`,
        deployer: FROM_DEPLOYER,
        kubernetes: FROM_KUBERNETES,
      },
      variables: [
        { name: "versions", expression: "(object == null ? [] : [object]) + (oldObject == null ? [] : [oldObject])" },
      ],
      validations: [
        {
          expression: `variables.versions.all(each, each.metadata.name.matches('^fingerprint-[0-9a-f]{64}$') && has(each.data) && 'customer' in each.data && ${mayDeploy("'customer-' + each.data.customer")})`,
          received: "request.operation + ' of ConfigMap ' + request.name + ' by ' + request.userInfo.username",
          rule: "a customer's deployer writes the fingerprints of its own customer, and no other ConfigMap of the platform",
          fix: "deploy the stack of the customer whose kubeconfig this is",
        },
      ],
    });
  }
}
