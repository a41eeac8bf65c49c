import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { append, type Draft, set } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const EXECUTOR_BINDING = "RoleBinding customer-nordbank/executor";
const EXECUTOR_ROLE = "Role customer-nordbank/executor";

export const rbacMutations: readonly Mutation[] = [
  bound(1, "a person", { kind: "User", name: "bob" }),
  bound(1, "everyone who is known", { kind: "Group", name: "system:authenticated" }),
  bound(1, "an account of Kubernetes' own", account("kube-system", "default")),
  bound(1, "a platform account that is not on the list", account("argo", "default")),
  mutation(1, "a right of the controller that is not on its list", "ClusterRoleBinding argo-controller", (draft) =>
    append(draft.object("platform", "ClusterRole", "argo-controller"), "rules", rule("", "configmaps", "delete")),
  ),
  mutation(1, "the on-call group outside the lanes", "RoleBinding argo/argo-leader", (draft) =>
    append(draft.object("platform", "RoleBinding", "argo-leader"), "subjects", {
      kind: "Group",
      name: "nightlane:oncall",
    }),
  ),
  mutation(1, "the account that every pod has", EXECUTOR_BINDING, (draft) =>
    set(draft.object("nordbank", "RoleBinding", "executor"), "subjects/0/name", "default"),
  ),
  mutation(
    1,
    "the account that every pod has, in the customer's cluster",
    "RoleBinding risk/spark in the cluster of nordbank",
    (draft) => set(draft.customerSide("nordbank", "RoleBinding", "spark"), "subjects/0/name", "default"),
  ),
  mutation(1, "a person in the customer's cluster", "RoleBinding risk/nightlane in the cluster of nordbank", (draft) =>
    append(draft.customerSide("nordbank", "RoleBinding", "nightlane"), "subjects", { kind: "User", name: "bob" }),
  ),
  ...[
    ["another customer's lane", "nightlane:system:serviceaccount:customer-alpenkredit:executor"],
    ["another account of the lane", "nightlane:system:serviceaccount:customer-nordbank:default"],
  ].map(([who, name]) =>
    mutation(1, `${who} in the customer's cluster`, "RoleBinding risk/nightlane in the cluster of nordbank", (draft) =>
      append(draft.customerSide("nordbank", "RoleBinding", "nightlane"), "subjects", { kind: "User", name }),
    ),
  ),

  bound(2, "another customer's account", account("customer-alpenkredit", "executor")),
  bound(2, "an account without a namespace", { kind: "ServiceAccount", name: "executor" }),
  bound(2, "another customer's account as a user", {
    kind: "User",
    name: "system:serviceaccount:customer-alpenkredit:runner",
  }),
  bound(2, "another customer's accounts as a group", {
    kind: "Group",
    name: "system:serviceaccounts:customer-alpenkredit",
  }),
  mutation(2, "a customer's account in a platform namespace", "RoleBinding argo/argo-leader", (draft) =>
    append(
      draft.object("platform", "RoleBinding", "argo-leader"),
      "subjects",
      account("customer-nordbank", "executor"),
    ),
  ),
  mutation(
    2,
    "another namespace's account in the customer's cluster",
    "RoleBinding risk/spark in the cluster of nordbank",
    (draft) =>
      append(draft.customerSide("nordbank", "RoleBinding", "spark"), "subjects", account("default", "default")),
  ),

  boundEverywhere("a customer's account", account("customer-nordbank", "executor")),
  boundEverywhere("all service accounts", { kind: "Group", name: "system:serviceaccounts" }),
  boundEverywhere("everyone who is known", { kind: "Group", name: "system:authenticated" }),
  boundEverywhere("everyone who is not", { kind: "Group", name: "system:unauthenticated" }),
  boundEverywhere("a lane's accounts", { kind: "Group", name: "system:serviceaccounts:customer-nordbank" }),
  mutation(
    3,
    "cluster-wide rights in the customer's cluster",
    "ClusterRoleBinding nightlane in the cluster of nordbank",
    (draft) =>
      draft.change("nordbank", {
        customerSide: [
          ...draft.lane("nordbank").customerSide,
          clusterRole("nightlane", rule("", "pods", "list")),
          { ...clusterBinding("nightlane", "nightlane"), subjects: [] },
        ],
      }),
  ),

  refers("view, which aggregates", { kind: "ClusterRole", name: "view" }),
  refers("cluster-admin", { kind: "ClusterRole", name: "cluster-admin" }),
  refers("a Role that nobody declares", { kind: "Role", name: "not-there" }),
  mutation(4, "a declared ClusterRole in a lane", EXECUTOR_BINDING, (draft) => {
    draft.add("platform", clusterRole("reporter", rule("argoproj.io", "workflowtaskresults", "create")));
    set(draft.object("nordbank", "RoleBinding", "executor"), "roleRef", reference("ClusterRole", "reporter"));
  }),
  mutation(4, "a role that adds to view", "ClusterRole argo-controller", (draft) =>
    set(draft.object("platform", "ClusterRole", "argo-controller"), "metadata/labels", {
      "rbac.authorization.k8s.io/aggregate-to-view": "true",
    }),
  ),
  mutation(4, "a role made of others", "ClusterRole argo-controller", (draft) =>
    set(draft.object("platform", "ClusterRole", "argo-controller"), "aggregationRule", {
      clusterRoleSelectors: [{ matchLabels: { team: "risk" } }],
    }),
  ),

  allows("every verb", rule("argoproj.io", "workflows", "*")),
  allows("every resource", rule("", "*", "get")),
  allows("every group", rule("*", "workflows", "get")),
  allows("every subresource", rule("", "*/exec", "create")),
  allows("impersonation", rule("", "users", "impersonate")),
  allows("tokens of other accounts", rule("", "serviceaccounts/token", "create")),
  allows("commands in pods", rule("", "pods/exec", "create")),
  allows("attaching to pods", rule("", "pods/attach", "create")),
  allows("containers in running pods", rule("", "pods/ephemeralcontainers", "patch")),
  allows("a way past the policies", rule("", "pods/portforward", "create")),
  allows("more rights than its own", rule("rbac.authorization.k8s.io", "roles", "escalate")),
  allows("bindings of any role", rule("rbac.authorization.k8s.io", "clusterroles", "bind")),
  allows("network policies", rule("networking.k8s.io", "networkpolicies", "patch")),
  allows("its own quota", rule("", "resourcequotas", "update")),
  mutation(5, "a path beside the resources", "ClusterRole debugger", (draft) =>
    draft.add("platform", clusterRole("debugger", { nonResourceURLs: ["/debug/pprof"], verbs: ["get"] })),
  ),
  mutation(5, "a power of the controller that is not on its list", "ClusterRole argo-controller", (draft) =>
    append(draft.object("platform", "ClusterRole", "argo-controller"), "rules", rule("", "pods/attach", "create")),
  ),
  mutation(5, "passes of every account, where the page's are granted", "Role nightlane-system/page-pass", (draft) =>
    set(draft.object("platform", "Role", "page-pass"), "rules", [rule("", "serviceaccounts/token", "create")]),
  ),
  mutation(5, "a way to every service, where the page's is granted", "Role nightlane-system/nightwatch-page", (draft) =>
    set(draft.object("platform", "Role", "nightwatch-page"), "rules", [rule("", "services/proxy", "get")]),
  ),
  mutation(5, "a power in the customer's cluster", "Role risk/nightlane in the cluster of nordbank", (draft) =>
    append(draft.customerSide("nordbank", "Role", "nightlane"), "rules", rule("", "serviceaccounts/token", "create")),
  ),
];

function bound(number: number, title: string, subject: object): Mutation {
  return mutation(number, `${title} bound in a lane`, EXECUTOR_BINDING, (draft) =>
    append(draft.object("nordbank", "RoleBinding", "executor"), "subjects", subject),
  );
}

function boundEverywhere(title: string, subject: object): Mutation {
  return mutation(3, `${title} bound everywhere`, "ClusterRoleBinding reader", (draft) => {
    draft.add("platform", clusterRole("reader", rule("", "configmaps", "get")));
    draft.add("platform", { ...clusterBinding("reader", "reader"), subjects: [subject] });
  });
}

function refers(title: string, { kind, name }: { readonly kind: string; readonly name: string }): Mutation {
  return mutation(4, `a reference to ${title}`, EXECUTOR_BINDING, (draft: Draft) =>
    set(draft.object("nordbank", "RoleBinding", "executor"), "roleRef", reference(kind, name)),
  );
}

function allows(title: string, added: object): Mutation {
  return mutation(5, `a role that allows ${title}`, EXECUTOR_ROLE, (draft) =>
    append(draft.object("nordbank", "Role", "executor"), "rules", added),
  );
}

function account(namespace: string, name: string): object {
  return { kind: "ServiceAccount", namespace, name };
}

function rule(group: string, resource: string, verb: string): object {
  return { apiGroups: [group], resources: [resource], verbs: [verb] };
}

function reference(kind: string, name: string): object {
  return { apiGroup: "rbac.authorization.k8s.io", kind, name };
}

function clusterRole(name: string, ...rules: readonly object[]): Manifest {
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules };
}

function clusterBinding(name: string, role: string): Manifest {
  const roleRef = reference("ClusterRole", role);
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name }, roleRef };
}
