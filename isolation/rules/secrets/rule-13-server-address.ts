import { centralAddresses } from "../../../constructs/definition/central-cluster.ts";
import { addressLines, isServerAddresses, linesOf } from "../../model/endpoint.ts";
import type { CustomerLane, Endpoint } from "../../model/estate.ts";
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
    "The lane's one way out leads to this address. Were it the node, its metadata service or the central cluster, the customer's credential and the lane's network policy would both point inwards. The definition's addresses (or its proxy's) and host name are checked, and that the object that gives them to the lane's runners holds the same; a host alias would mislead whatever resolves names. Central ranges come from central.json. The kubeconfig's server is compared with the definition's at deployment.",
  unit: "addresses and what runners are given",
  check(view, inspection) {
    const forbidden = [
      ...forbiddenRanges(view.central),
      ...centralAddresses(view.central).map((address) => ({
        name: "the central API server",
        range: parseRange(address),
      })),
    ];
    for (const lane of view.customers) {
      if (lane.endpoint === undefined) {
        inspection.note(`customer ${lane.name}: neither a definition nor a manifest names its API server`);
        continue;
      }
      const { hostname, addresses, proxy } = lane.endpoint;
      const declared = proxy === undefined ? "cluster.address" : "cluster.proxy.address";
      const file = `customers/${lane.name}.ts`;
      const places = [...addresses.map((own) => [declared, own] as const), ["cluster.server", hostname] as const];
      for (const [property, written] of places) {
        const value = written.replace(/^\[|\]$/g, "");
        inspection.examine();
        const range = parseRange(value);
        const name = forbidden.find((entry) => range && entry.range && overlap(range, entry.range))?.name;
        const central =
          name ?? (CENTRAL_NAMES.test(value) ? "a name of the node or of the central cluster" : undefined);
        if (central !== undefined) {
          report(inspection, file, `${property} is ${value}: ${central}`);
        } else if (range === undefined && property === declared) {
          report(inspection, file, `${property} is ${value}, which is not an address`);
        } else if (
          proxy === undefined &&
          range !== undefined &&
          property === "cluster.server" &&
          !addresses.includes(value)
        ) {
          report(inspection, file, `${property} is at ${value}, and cluster.address is ${addresses.join(", ")}`);
        }
      }
      checkGiven(lane, lane.endpoint, inspection);
    }
  },
};

/** What the lane's runners are given must be the customer's own server, and no alias may contradict it. */
function checkGiven(lane: CustomerLane, endpoint: Endpoint, inspection: Inspection): void {
  const { server } = endpoint;
  const declared = linesOf(endpoint).join(", ");
  const addressed = lane.lane.filter(isServerAddresses);
  if (addressed.length !== 1) {
    report(
      inspection,
      `customers/${lane.name}.ts`,
      `${addressed.length} objects give the lane's runners its address, not one`,
    );
  }
  for (const manifest of addressed) {
    inspection.examine();
    const data = fields(manifest.data);
    const lines = addressLines(data);
    if (text(data.server) !== server || lines.join(", ") !== declared) {
      report(
        inspection,
        objectName(manifest),
        `gives the lane's runners ${text(data.server)} at ${lines.join(", ") || "nothing"} instead of ${server} at ${declared}`,
      );
    }
  }
  for (const manifest of lane.lane) {
    for (const alias of fieldsList(fields(manifest.spec).hostAliases)) {
      inspection.examine();
      const names = strings(alias.hostnames).join(", ");
      report(inspection, objectName(manifest), `spec.hostAliases has ${names} at ${text(alias.ip) ?? "nothing"}`);
    }
  }
}

function report(inspection: Inspection, object: string, message: string): void {
  inspection.report(object, message, "write the customer's own API server, as the central cluster's nodes see it");
}
