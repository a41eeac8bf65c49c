import { append, type Draft, set } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const OTHERS_DEPLOYER = { kind: "ServiceAccount", namespace: "nightlane-system", name: "deployer-alpenkredit" };
const EXECUTOR = { kind: "ServiceAccount", namespace: "customer-nordbank", name: "executor" };

/** What would make a customer's deployer more than that. */
export const deployerMutations: readonly Mutation[] = [
  {
    ...mutation(5, "another customer's deployer in a lane", "Role customer-nordbank/deployer", (draft) =>
      append(deployer(draft, "RoleBinding", "deployer"), "subjects", OTHERS_DEPLOYER),
    ),
    also: [1, 10],
  },
  {
    ...mutation(5, "the pods' account as deployer", "Role customer-nordbank/deployer", (draft) =>
      append(deployer(draft, "RoleBinding", "deployer"), "subjects", EXECUTOR),
    ),
    also: [1, 10],
  },
  {
    ...mutation(1, "the other namespace's rights, too", "ClusterRoleBinding nightlane-deployer-nordbank", (draft) =>
      append(deployer(draft, "ClusterRoleBinding", "nightlane-deployer-nordbank"), "subjects", OTHERS_DEPLOYER),
    ),
    also: [35],
  },
  allows(35, "every namespace", "ClusterRole", "nightlane-deployer-nordbank", named("", "namespaces", "patch", [])),
  {
    ...allows(
      35,
      "another lane's namespace",
      "ClusterRole",
      "nightlane-deployer-nordbank",
      named("", "namespaces", "delete", ["customer-alpenkredit"]),
    ),
    also: [38],
  },
  allows(
    35,
    "new namespaces, which makes it the platform's",
    "ClusterRole",
    "nightlane-deployer-nordbank",
    named("", "namespaces", "create", []),
  ),
  allows(
    10,
    "Secrets of the platform",
    "Role",
    "deployer-nordbank",
    named("", "secrets", "get", []),
    "nightlane-system/",
  ),
  allows(5, "commands in pods", "Role", "deployer", named("", "pods/exec", "create", []), "customer-nordbank/"),
  allows(
    5,
    "more rights than its own",
    "Role",
    "deployer",
    named("rbac.authorization.k8s.io", "roles", "escalate", []),
    "customer-nordbank/",
  ),
  allows(
    5,
    "policies",
    "ClusterRole",
    "nightlane-deployer-nordbank",
    named("admissionregistration.k8s.io", "validatingadmissionpolicies", "patch", []),
  ),
  {
    ...mutation(1, "pods of its own making", "RoleBinding customer-nordbank/deployer", (draft) =>
      append(deployer(draft, "Role", "deployer"), "rules", named("", "pods", "create", [])),
    ),
  },
  mutation(10, "every cluster that Argo CD knows", "Role argocd/deployer-alpenkredit", (draft) =>
    append(
      draft.deployer("alpenkredit", "Role", "deployer-alpenkredit", "argocd"),
      "rules",
      named("", "secrets", "get", []),
    ),
  ),
  {
    ...mutation(1, "another customer's project", "RoleBinding argocd/deployer-alpenkredit", (draft) =>
      append(
        draft.deployer("alpenkredit", "Role", "deployer-alpenkredit", "argocd"),
        "rules",
        named("argoproj.io", "appprojects", "patch", ["customer-nordbank"]),
      ),
    ),
    also: [38],
  },
  mutation(1, "another customer's application", "RoleBinding argocd/deployer-alpenkredit", (draft) =>
    append(
      draft.deployer("alpenkredit", "Role", "deployer-alpenkredit", "argocd"),
      "rules",
      named("argoproj.io", "applications", "patch", ["nordbank.pricing"]),
    ),
  ),
  mutation(42, "a namespace of the bundle that takes its limit from a label", "Namespace customer-nordbank", (draft) =>
    set(deployer(draft, "Namespace", "customer-nordbank"), "metadata/labels", {
      "workflows.argoproj.io/parallelism-limit": "9",
    }),
  ),
  mutation(42, "an account with its token in every pod", "ServiceAccount nightlane-system/deployer-nordbank", (draft) =>
    set(deployer(draft, "ServiceAccount", "deployer-nordbank"), "automountServiceAccountToken", true),
  ),
];

function deployer(draft: Draft, kind: string, name: string) {
  return draft.deployer("nordbank", kind, name);
}

function named(group: string, resource: string, verb: string, names: readonly string[]) {
  return {
    apiGroups: [group],
    resources: [resource],
    verbs: [verb],
    ...(names.length === 0 ? {} : { resourceNames: names }),
  };
}

function allows(number: number, title: string, kind: string, name: string, rule: object, place = ""): Mutation {
  return mutation(number, `a deployer with ${title}`, `${kind} ${place}${name}`, (draft) =>
    append(deployer(draft, kind, name), "rules", rule),
  );
}
