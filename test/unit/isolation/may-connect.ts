import { overlap, parseRange } from "../../../isolation/network/address.ts";
import type { Allowance, Direction, Policy } from "../../../isolation/network/policy.ts";
import { coversPort } from "../../../isolation/network/ports.ts";
import { type Labels, selects } from "../../../isolation/network/selector.ts";

/** One end of a connection. */
export interface Place {
  readonly address?: string;
  /** Set for a pod of the central cluster. */
  readonly pod?: { readonly namespace: string; readonly namespaceLabels: Labels; readonly labels: Labels };
}

/** Whether an allowance lets its pods talk to (or be talked to from) `place` on a port. */
function admits(allowance: Allowance, place: Place, protocol: string, port: number): boolean {
  return coversPort(allowance.ports, protocol, port) && admitsPlace(allowance, place);
}

/** The same on any port. */
function admitsPlace({ peer, namespace }: Allowance, place: Place): boolean {
  if (peer.kind === "anywhere") {
    return true;
  }
  if (peer.kind === "addresses") {
    const point = place.address === undefined ? undefined : parseRange(place.address);
    return point !== undefined && (peer.ranges?.some((range) => overlap(range, point)) ?? true);
  }
  if (place.pod === undefined) {
    return false;
  }
  const inNamespace =
    peer.namespaces === undefined
      ? place.pod.namespace === namespace
      : selects(peer.namespaces, place.pod.namespaceLabels);
  return inNamespace && selects(peer.pods, place.pod.labels);
}

/**
 * Whether a pod with these labels may open (`egress`) or be reached by (`ingress`) a connection, under all policies of
 * its namespace: anything if none isolates it in that direction, else what any of those that select it allows.
 */
export function mayConnect(
  policies: readonly Policy[],
  labels: Labels,
  direction: Direction,
  place: Place,
  protocol: string,
  port: number,
): boolean {
  const selecting = policies.filter((policy) => selects(policy.podSelector ?? {}, labels));
  const isolating = selecting.filter((policy) => policy.isolates.includes(direction));
  return (
    isolating.length === 0 ||
    isolating.some((policy) =>
      policy.allowances.some(
        (allowance) => allowance.direction === direction && admits(allowance, place, protocol, port),
      ),
    )
  );
}
