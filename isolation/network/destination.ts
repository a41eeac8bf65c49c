import { type CentralCluster, centralAddresses } from "../../constructs/definition/central-cluster.ts";
import type { CustomerLane } from "../model/estate.ts";
import { knownRange, sameRange } from "./address.ts";
import type { Allowance } from "./policy.ts";
import { type PortRange, showPorts } from "./ports.ts";
import { namespaceNames } from "./selector.ts";

/**
 * One address of the two places that a lane's pods may reach. No resolver is among them: it forwards what it is asked.
 */
export interface LaneTarget {
  readonly kind: "own API server" | "central API server";
  readonly address: string;
  readonly port: number;
}

/**
 * Exactly which of its targets an allowance is, or undefined. If a central and a customer's API server have the same
 * address, it counts as the customer's.
 */
export function laneTarget(
  { peer, ports }: Allowance,
  lane: CustomerLane,
  central: CentralCluster,
): LaneTarget | undefined {
  if (peer.kind !== "addresses") {
    return undefined;
  }
  const isAt = (address: string, port: number): boolean => {
    const [range, ...others] = peer.ranges ?? [];
    return (
      range !== undefined &&
      others.length === 0 &&
      sameRange(range, knownRange(address)) &&
      ports.every((each) => each.protocol === "TCP" && only(each, port))
    );
  };
  return laneTargets(lane, central).find(({ address, port }) => isAt(address, port));
}

/** Every address that a lane's pods must reach, those of its own API server first. */
export function laneTargets({ endpoint }: CustomerLane, central: CentralCluster): readonly LaneTarget[] {
  const at = (kind: LaneTarget["kind"], addresses: readonly string[], port: number): readonly LaneTarget[] =>
    addresses.map((address) => ({ kind, address, port }));
  return [
    ...(endpoint === undefined ? [] : at("own API server", endpoint.addresses, endpoint.port)),
    ...at("central API server", centralAddresses(central), central.apiServer.port),
  ];
}

function only({ from, to, protocol }: PortRange, port: number): boolean {
  return from === port && to === port && protocol !== "SCTP";
}

/** An allowance as people read it: `10.64.1.10/32 on 6443/TCP`. */
export function showAllowance({ peer, ports }: Allowance): string {
  return `${showPeer(peer)} on ${showPorts(ports)}`;
}

function showPeer(peer: Allowance["peer"]): string {
  switch (peer.kind) {
    case "anywhere":
      return "everywhere";
    case "addresses":
      return `${peer.cidr}${peer.except.length === 0 ? "" : ` except ${peer.except.join(", ")}`}`;
    case "pods": {
      const pods = peer.pods === undefined ? "every pod" : `pods ${JSON.stringify(peer.pods)}`;
      const names = peer.namespaces === undefined ? undefined : namespaceNames(peer.namespaces);
      const where = names?.join(", ") ?? JSON.stringify(peer.namespaces);
      return `${pods} of ${peer.namespaces === undefined ? "its own namespace" : `namespace ${where}`}`;
    }
  }
}
