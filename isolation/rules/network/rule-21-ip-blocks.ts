import { centralAddresses } from "../../../constructs/definition/central-cluster.ts";
import type { CustomerLane } from "../../model/estate.ts";
import type { EstateView } from "../../model/view.ts";
import { type AddressRange, knownRange, overlap, sameRange } from "../../network/address.ts";
import { forbiddenRanges } from "../../network/forbidden-ranges.ts";
import type { Allowance } from "../../network/policy.ts";
import { coversPort } from "../../network/ports.ts";
import type { Inspection, Rule } from "../rule.ts";

export const ipBlocks: Rule = {
  number: 21,
  name: "ip-blocks",
  info: "An ipBlock takes in addresses of pods, services, nodes or the metadata service, or another customer's API server.",
  explanation:
    "A block is written once and means every address in it: a network that is convenient today holds another customer's cluster tomorrow, and many network plugins match pods by address too. What is left of a block after its holes is compared with the central ranges, with the node-local ones, and with every customer's API server. Only the central API server's own addresses and port are let through, which the executor needs, and its addresses as sources of requests: those who view nightwatch's page come that way. Nothing may enter a lane, see rule 19.",
  unit: "ipBlocks",
  check(view, inspection) {
    const forbidden = forbiddenRanges(view.central);
    for (const [namespace, network] of view.networks) {
      const lane = view.laneByNamespace.get(namespace);
      for (const allowance of [...network.egress, ...network.ingress]) {
        if (allowance.peer.kind !== "addresses") {
          continue;
        }
        inspection.examine();
        const { ranges, cidr } = allowance.peer;
        if (ranges === undefined) {
          inspection.report(allowance.policy, `${allowance.path} has ${cidr}, which is not a block`, "write a CIDR");
          continue;
        }
        const comesIn = network.ingress.includes(allowance);
        if (isApiAddress(ranges, view) && (comesIn || isApiPort(allowance, view))) {
          continue;
        }
        for (const { name, range } of forbidden) {
          if (ranges.some((part) => overlap(part, range))) {
            report(inspection, allowance, `takes in ${name}`);
          }
        }
        checkEndpoints(view, lane, allowance, ranges, inspection);
      }
    }
  },
};

function isApiAddress(ranges: readonly AddressRange[], { central }: EstateView): boolean {
  const servers = centralAddresses(central).map(knownRange);
  return ranges.every((range) => servers.some((server) => sameRange(range, server)));
}

function isApiPort({ ports }: Allowance, { central }: EstateView): boolean {
  const { port } = central.apiServer;
  return ports.every(({ protocol, from, to }) => protocol === "TCP" && from === port && to === port);
}

/** Customers named in one message. */
const SHOWN = 5;

function checkEndpoints(
  view: EstateView,
  lane: CustomerLane | undefined,
  allowance: Allowance,
  ranges: readonly AddressRange[],
  inspection: Inspection,
): void {
  const others = ranges
    .flatMap((range) => view.endpoints.within(range))
    .filter((other) => other !== lane && coversPort(allowance.ports, "TCP", other.endpoint?.port ?? -1));
  if (others.length > 0) {
    const names = others
      .slice(0, SHOWN)
      .map(({ name, endpoint }) => `${name} (${endpoint?.addresses.join(", ")}, port ${endpoint?.port})`);
    const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : "";
    report(inspection, allowance, `takes in the API server of ${names.join(", ")}${more}`);
  }
}

function report(inspection: Inspection, { policy, path, peer }: Allowance, message: string): void {
  const block = peer.kind === "addresses" ? peer.cidr : "";
  inspection.report(policy, `${path}.ipBlock ${block} ${message}`, "write the one address that is needed, as /32");
}
