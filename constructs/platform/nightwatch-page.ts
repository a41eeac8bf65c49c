import { Group, Role, RoleBinding, Service, ServiceAccount } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { PAGE_SERVICE, PAGE_SERVICE_ACCOUNT } from "../../runs/page-pass.ts";
import { SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { ONCALL_GROUP } from "./oncall-role.ts";

/**
 * Port of the page in nightwatch's pod: different from that of /metrics, so that access to one is not access to the
 * other.
 */
export const PAGE_PORT = 8081;

export interface NightwatchPageProps {
  /** Labels of nightwatch's pods. */
  readonly labels: Readonly<Record<"app.kubernetes.io/name", string>>;
}

/**
 * The way to nightwatch's page: through the API server, to this one Service, and with a pass. A pass is a token of a
 * service account without rights, issued for the page alone; operators on call may have one that opens all customers.
 * For people who may see one customer only: docs/operate.md.
 */
export class NightwatchPage extends Construct {
  constructor(scope: Construct, id: string, { labels }: NightwatchPageProps) {
    super(scope, id);
    const service = new Service(this, "service", {
      metadata: platformMetadata(PAGE_SERVICE.name, SYSTEM_NAMESPACE),
      ports: [{ name: PAGE_SERVICE.port, port: PAGE_PORT, targetPort: PAGE_PORT }],
    });
    service.selectLabel("app.kubernetes.io/name", labels["app.kubernetes.io/name"]);
    new ServiceAccount(this, "account", {
      metadata: platformMetadata(PAGE_SERVICE_ACCOUNT, SYSTEM_NAMESPACE),
      automountToken: false,
    });
    // Two roles: a person who may see one customer only needs this access, and another pass.
    this.role("way", PAGE_SERVICE.name, "get", "services/proxy", `${PAGE_SERVICE.name}:${PAGE_SERVICE.port}`);
    this.role("pass", "page-pass", "create", "serviceaccounts/token", PAGE_SERVICE_ACCOUNT);
  }

  private role(id: string, name: string, verb: string, resourceType: string, resourceName: string): void {
    const metadata = platformMetadata(name, SYSTEM_NAMESPACE);
    const role = new Role(this, `${id}-role`, { metadata });
    role.allow([verb], { apiGroup: "", resourceType, resourceName });
    const binding = new RoleBinding(this, `${id}-binding`, { metadata, role });
    binding.addSubjects(Group.fromName(this, `${id}-group`, ONCALL_GROUP));
  }
}
