import { ApiResource, ClusterRole, ClusterRoleBinding, Group, Role, RoleBinding, ServiceAccount } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { CONTROLLER_LEASE } from "../../runs/controller-lease.ts";
import { NIGHTWATCH_LEASE } from "../../runs/nightwatch-lease.ts";
import { SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { ACT_RESOURCE, ACT_STATUS_RESOURCE, ONCALL_GROUP } from "./oncall-role.ts";

/** Service account of nightwatch. */
export const NIGHTWATCH_SERVICE_ACCOUNT = "nightwatch";

const argo = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "argoproj.io", resourceType });
const core = (resourceType: string): ApiResource => ApiResource.custom({ apiGroup: "", resourceType });
const records = ApiResource.custom({ apiGroup: "nightlane.example", resourceType: "runrecords" });

/**
 * Nightwatch reads the workflows, schedules and acts of every lane and the lease of the Argo controller, and writes run
 * records. What it may change in a lane is bound there, lane by lane: {@link NightwatchLaneRole}. Operators on call read
 * the records and nightwatch's log, and write nothing here.
 */
export class NightwatchRbac extends Construct {
  readonly account: ServiceAccount;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const metadata = platformMetadata("nightwatch");
    this.account = new ServiceAccount(this, "account", {
      metadata: platformMetadata(NIGHTWATCH_SERVICE_ACCOUNT, SYSTEM_NAMESPACE),
      automountToken: false,
    });
    const everywhere = new ClusterRole(this, "cluster-role", { metadata });
    everywhere.allow(["get", "list", "watch"], argo("workflows"), argo("cronworkflows"), ACT_RESOURCE);
    // Whether a pass to its page is valid.
    everywhere.allow(
      ["create"],
      ApiResource.custom({ apiGroup: "authentication.k8s.io", resourceType: "tokenreviews" }),
    );
    new ClusterRoleBinding(this, "cluster-binding", { metadata, role: everywhere }).addSubjects(this.account);
    const own = new Role(this, "role", { metadata: platformMetadata("nightwatch", SYSTEM_NAMESPACE) });
    own.allow(["get", "list", "watch", "create", "update", "delete"], records);
    // Copies of settled acts.
    own.allow(["get", "list", "create", "delete"], ACT_RESOURCE);
    own.allow(["patch"], ACT_STATUS_RESOURCE);
    // Of two nightwatches only the one that holds the lease acts. A name cannot limit creation.
    own.allow(
      ["get", "create", "update"],
      ApiResource.custom({ apiGroup: "coordination.k8s.io", resourceType: "leases" }),
    );
    const binding = platformMetadata("nightwatch", SYSTEM_NAMESPACE);
    new RoleBinding(this, "binding", { metadata: binding, role: own }).addSubjects(this.account);
    this.controllerLease();
    this.readers();
  }

  /** Whether the Argo controller is alive is in its leader's lease, and in nothing else that nightwatch may read. */
  private controllerLease(): void {
    const metadata = platformMetadata("nightwatch-controller-lease", CONTROLLER_LEASE.namespace);
    const role = new Role(this, "lease-role", { metadata });
    const lease = {
      apiGroup: "coordination.k8s.io",
      resourceType: "leases",
      resourceName: CONTROLLER_LEASE.name,
    };
    role.allow(["get"], lease);
    new RoleBinding(this, "lease-binding", { metadata, role }).addSubjects(this.account);
  }

  private readers(): void {
    const metadata = platformMetadata("run-record-readers", SYSTEM_NAMESPACE);
    const role = new Role(this, "reader-role", { metadata });
    role.allow(["get", "list", "watch"], records, ACT_RESOURCE);
    // Whether nightwatch runs, and its log: the first thing to check when it is silent.
    role.allow(["get", "list"], core("pods"));
    role.allow(["get"], core("pods/log"));
    // Whether an act that is not carried out yet has anybody who works on it.
    role.allow(["get"], {
      apiGroup: "coordination.k8s.io",
      resourceType: "leases",
      resourceName: NIGHTWATCH_LEASE,
    });
    const binding = new RoleBinding(this, "reader-binding", { metadata, role });
    binding.addSubjects(Group.fromName(this, "oncall", ONCALL_GROUP));
  }
}
