import { ApiResource, Role, RoleBinding, ServiceAccount } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { ALLOWED_KINDS } from "../apps/allowed-kinds.ts";
import { customerMetadata } from "../kubernetes/labels.ts";

/** Argo CD's identity in the customer's cluster: separate from that of the nights, which may not deploy anything. */
export const ARGOCD_SERVICE_ACCOUNT = "argocd";

/** What Argo CD needs to keep applications: the kinds they consist of, and to observe their pods. */
export class ArgoCdIdentity extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    const metadata = customerMetadata(customer, ARGOCD_SERVICE_ACCOUNT);
    const role = new Role(this, "role", { metadata });
    const kinds = ALLOWED_KINDS.map(({ group, resource }) =>
      ApiResource.custom({ apiGroup: group, resourceType: resource }),
    );
    role.allow(["get", "list", "watch", "create", "update", "patch", "delete"], ...kinds);
    role.allow(["get", "list", "watch"], ApiResource.PODS, ApiResource.REPLICA_SETS);
    role.allow(["list"], ApiResource.custom({ apiGroup: "", resourceType: "events" }));
    const account = new ServiceAccount(this, "account", { metadata, automountToken: false });
    new RoleBinding(this, "binding", { metadata, role }).addSubjects(account);
  }
}
