import { NetworkPolicy, NetworkPolicyTrafficDefault, Pods } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { platformMetadata } from "../kubernetes/labels.ts";

/**
 * Isolates every pod of a platform namespace in both directions. A component that needs a connection declares it in its
 * own policy: nothing on the platform is reachable, or reaches out, by oversight.
 */
export class DefaultDeny extends Construct {
  constructor(scope: Construct, id: string, namespace: string) {
    super(scope, id);
    new NetworkPolicy(this, "policy", {
      metadata: platformMetadata("default-deny", namespace),
      selector: Pods.all(this, "pods"),
      ingress: { default: NetworkPolicyTrafficDefault.DENY },
      egress: { default: NetworkPolicyTrafficDefault.DENY },
    });
  }
}
