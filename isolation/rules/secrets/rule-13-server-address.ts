import type { CustomerLane } from "../../model/estate.ts";
import { fields, fieldsList, strings, text } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import { overlap, parseRange } from "../../network/address.ts";
import { forbiddenRanges } from "../../network/forbidden-ranges.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Names that mean the node, the central cluster or its cloud, whatever they resolve to. */
const CENTRAL_NAMES =
  /^(?:localhost|kubernetes(?:\.default)?|metadata\.google\.internal|.*\.(?:localhost|svc|cluster\.local))\.?$/i;

export const serverAddress: Rule = {
  number: 13,
  name: "server-address",
  info: "A customer's API server is at a loopback, link-local or central address, or is the central API server itself.",
  explanation:
    "The lane's one way out leads to this address. Were it the node, its metadata service or the central cluster, the customer's credential and the lane's network policy would both point inwards. The definition's address and host name are checked, and that the pods' host alias says the same two; central ranges come from central.json. The kubeconfig's server is compared with the definition's at deployment.",
  unit: "addresses and host aliases",
  check(view, inspection) {
    const { address, port } = view.central.apiServer;
    const forbidden = [
      ...forbiddenRanges(view.central),
      { name: "the central API server", range: parseRange(address) },
    ];
    for (const lane of view.customers) {
      if (lane.endpoint === undefined) {
        inspection.note(`customer ${lane.name}: neither a definition nor a manifest names its API server`);
        continue;
      }
      const { hostname, address: own } = lane.endpoint;
      const file = `customers/${lane.name}.ts`;
      for (const [property, value] of [["cluster.address", own] as const, ["cluster.server", hostname] as const]) {
        inspection.examine();
        const range = parseRange(value.replace(/^\[|\]$/g, ""));
        const name = forbidden.find((entry) => range && entry.range && overlap(range, entry.range))?.name;
        const central =
          name ?? (CENTRAL_NAMES.test(value) ? "a name of the node or of the central cluster" : undefined);
        if (central !== undefined) {
          report(inspection, file, `${property} is ${value}: ${central}`);
        } else if (range === undefined && property === "cluster.address") {
          report(inspection, file, `${property} is ${value}, which is no address`);
        } else if (range !== undefined && property === "cluster.server" && value !== own) {
          report(inspection, file, `${property} is at ${value}, and cluster.address says ${own}:${port}`);
        }
      }
      checkAliases(lane, lane.endpoint, inspection);
    }
  },
};

/** The one name that the lane's pods resolve by themselves must be the customer's, at the customer's address. */
function checkAliases(
  lane: CustomerLane,
  { hostname, address }: { hostname: string; address: string },
  inspection: Inspection,
): void {
  for (const manifest of lane.lane) {
    for (const alias of fieldsList(fields(manifest.spec).hostAliases)) {
      inspection.examine();
      const names = strings(alias.hostnames);
      if (text(alias.ip) !== address || names.length !== 1 || names[0] !== hostname) {
        report(
          inspection,
          objectName(manifest),
          `spec.hostAliases has ${names.join(", ")} at ${text(alias.ip) ?? "nothing"} instead of ${hostname} at ${address}`,
        );
      }
    }
  }
}

function report(inspection: Inspection, object: string, message: string): void {
  inspection.report(object, message, "write the customer's own API server, as the central cluster's nodes see it");
}
