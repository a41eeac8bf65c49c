import { type CentralCluster, centralAddresses } from "../../constructs/definition/central-cluster.ts";
import type { CustomerLane } from "../model/estate.ts";
import { knownRange, sameRange } from "./address.ts";
import type { Allowance } from "./policy.ts";
import { type PortRange, showPorts } from "./ports.ts";
import { namespaceNames } from "./selector.ts";

/** The two places that a lane's pods may reach, each at one address or more. Names are none of them: a resolver forwards what it is asked. */
export const LANE_DESTINATIONS = ["own API server", "central API server"] as const;

export type LaneDestination = (typeof LANE_DESTINATIONS)[number];

/**
 * Which of the two an allowance is, exactly, or undefined. With a central and a customer's API server at one address
 * it is called the customer's.
 */
export function laneDestination(
  { peer, ports }: Allowance,
  lane: CustomerLane,
  central: CentralCluster,
): LaneDestination | undefined {
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
  const own = lane.endpoint;
  if (own?.addresses.some((address) => isAt(address, own.port))) {
    return "own API server";
  }
  const { port } = central.apiServer;
  return centralAddresses(central).some((address) => isAt(address, port)) ? "central API server" : undefined;
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
