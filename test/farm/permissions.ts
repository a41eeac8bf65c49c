import { API_SERVER_AS_KUBELET_CLIENT } from "./control-plane.ts";
import { KUBE_ROUTER_USER } from "./node.ts";

/** A role of Kubernetes; its own binding of that name is for service accounts only. */
const ISSUER_DISCOVERY = "system:service-account-issuer-discovery";

/** What the parts of a cluster may do besides what Kubernetes itself gives them. */
export function permissionObjects(): readonly unknown[] {
  const role = (name: string, rules: readonly unknown[]): unknown => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name },
    rules,
  });
  const binding = (name: string, clusterRole: string, kind: "User" | "Group", subject: string): unknown => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind, name: subject }],
  });
  const reading = ["get", "list", "watch"];
  return [
    role(KUBE_ROUTER_USER, [
      { apiGroups: [""], resources: ["namespaces", "pods", "services", "nodes", "endpoints"], verbs: reading },
      { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: reading },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: reading },
    ]),
    binding(KUBE_ROUTER_USER, KUBE_ROUTER_USER, "User", KUBE_ROUTER_USER),
    binding("nightlane-farm:kubelet-api", "system:kubelet-api-admin", "User", API_SERVER_AS_KUBELET_CLIENT),
    // The Node authorizer sees a pod's claims a moment after the kubelet asks; the kubelet then waits 15 seconds.
    role("nightlane-farm:claims", [{ apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get"] }]),
    binding("nightlane-farm:claims", "nightlane-farm:claims", "Group", "system:nodes"),
    // Anybody may know who signs tokens; only the central API server accepts anonymous requests.
    binding("nightlane-farm:issuer", ISSUER_DISCOVERY, "Group", "system:unauthenticated"),
  ];
}
