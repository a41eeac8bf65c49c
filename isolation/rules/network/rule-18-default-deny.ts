import type { Rule } from "../rule.ts";

export const defaultDeny: Rule = {
  number: 18,
  name: "default-deny",
  info: "A namespace has no policy that isolates every pod in both directions.",
  explanation:
    "Kubernetes lets everything through until a policy selects a pod, and then only in the directions that the policy names. One policy with an empty podSelector and both policyTypes makes silence a refusal, for pods with any labels. It is asked of the platform's namespaces too: what reaches the controller reaches every lane.",
  unit: "namespaces",
  check(view, inspection) {
    const namespaces = [...view.platformNamespaces, ...view.customers.map(({ namespace }) => namespace)];
    for (const namespace of namespaces) {
      inspection.examine();
      const network = view.networks.get(namespace);
      const both = network?.policies.some(({ selectsEveryPod, isolates }) => selectsEveryPod && isolates.length === 2);
      if (both !== true) {
        const names = network?.policies.map(({ object }) => object) ?? [];
        inspection.report(
          `Namespace ${namespace}`,
          `no single policy isolates every pod both ways${names.length === 0 ? ": there is none at all" : ` among ${names.join(", ")}`}`,
          "declare a NetworkPolicy with podSelector {} and policyTypes Ingress and Egress",
        );
      }
    }
  },
};
