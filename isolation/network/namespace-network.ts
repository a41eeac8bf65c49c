import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { type Allowance, type Policy, readPolicy } from "./policy.ts";

/**
 * What the pods of one namespace may do, whatever their labels: whoever makes a pod chooses its labels, so each
 * allowance is taken to hold for all, and only a policy for every pod isolates.
 */
export interface NamespaceNetwork {
  readonly namespace: string;
  readonly policies: readonly Policy[];
  readonly egressIsolated: boolean;
  readonly ingressIsolated: boolean;
  readonly egress: readonly Allowance[];
  readonly ingress: readonly Allowance[];
}

/** The policies of every namespace that has any. */
export function namespaceNetworks(manifests: Iterable<Manifest>): ReadonlyMap<string, NamespaceNetwork> {
  const byNamespace = new Map<string, Policy[]>();
  for (const manifest of manifests) {
    if (manifest.kind === "NetworkPolicy") {
      const policy = readPolicy(manifest);
      const known = byNamespace.get(policy.namespace);
      if (known === undefined) {
        byNamespace.set(policy.namespace, [policy]);
      } else {
        known.push(policy);
      }
    }
  }
  return new Map([...byNamespace].map(([namespace, policies]) => [namespace, networkOf(namespace, policies)]));
}

/** The network of a namespace with these policies; without any, nothing is isolated. */
export function networkOf(namespace: string, policies: readonly Policy[]): NamespaceNetwork {
  const everyPod = policies.filter((policy) => policy.selectsEveryPod);
  const allowances = policies.flatMap((policy) => policy.allowances);
  return {
    namespace,
    policies,
    egressIsolated: everyPod.some((policy) => policy.isolates.includes("egress")),
    ingressIsolated: everyPod.some((policy) => policy.isolates.includes("ingress")),
    egress: allowances.filter(({ direction }) => direction === "egress"),
    ingress: allowances.filter(({ direction }) => direction === "ingress"),
  };
}
