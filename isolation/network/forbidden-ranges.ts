import type { CentralCluster } from "../../constructs/definition/central-cluster.ts";
import { type AddressRange, knownRange, RESERVED_RANGES } from "./address.ts";

/** Addresses that no lane may reach and no customer's API server may have. */
export interface ForbiddenRange {
  readonly name: string;
  readonly range: AddressRange;
}

/** Ranges of the central cluster, or of nobody. */
export function forbiddenRanges(central: CentralCluster): readonly ForbiddenRange[] {
  return [
    { name: "the central cluster's pods", range: knownRange(central.podRange) },
    { name: "the central cluster's services", range: knownRange(central.serviceRange) },
    { name: "the central cluster's nodes", range: knownRange(central.nodeRange) },
    ...RESERVED_RANGES,
  ];
}
