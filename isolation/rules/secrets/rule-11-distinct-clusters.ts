import { parseCertificates } from "../../../constructs/definition/parse-certificates.ts";
import type { CustomerLane } from "../../model/estate.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Public keys of the authorities of a cluster, each of which belongs to one cluster. */
function authorities(pem: string | undefined): readonly string[] {
  return (parseCertificates(pem ?? "") ?? []).map(({ publicKey }) =>
    publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  );
}

export const distinctClusters: Rule = {
  number: 11,
  name: "distinct-clusters",
  info: "Two customers name one cluster, by its API server or by its authority, and the same namespace in it, so that they are one identity there; or one has the other's proxy.",
  explanation:
    "Two lanes with one identity in one cluster are one lane: each reads the other's results. The definition declares where a credential belongs (server, authority and namespace), and that is compared here: by host and port, by address and port, and by the key of each authority, since one cluster may be reached at several addresses and under several names. A proxy is its customer's alone, whatever the port: it leads wherever it is asked to, so one in front of two customers joins them. Clusters of one company that share an authority need a namespace of another name. Whether two credentials are the same token or the same user cannot be seen without them: at deployment each customer creates an object named by a keyed hash of server and identity, and the API server refuses the second.",
  unit: "customers",
  check(view, inspection) {
    const byIdentity = new Map<string, string>();
    for (const { name, endpoint, definition } of view.customers) {
      if (endpoint === undefined) {
        inspection.note(`customer ${name}: neither a definition nor a manifest names its API server`);
        continue;
      }
      inspection.examine();
      const { hostname, addresses, port, namespace, server } = endpoint;
      const identities = [
        `${hostname.toLowerCase().replace(/\.$/, "")}:${port} ${namespace}`,
        ...addresses.map((address) => `${address} on ${port} ${namespace}`),
        ...authorities(definition?.cluster.ca).map((key) => `${key} ${namespace}`),
      ];
      const other = identities.map((identity) => byIdentity.get(identity)).find((known) => known !== undefined);
      if (other !== undefined) {
        inspection.report(
          `customers/${name}.ts`,
          `uses namespace ${namespace} of ${server}, a cluster of customer ${other}, whose API server or authority it has`,
          "correct cluster.server and cluster.ca; two customers in one cluster need a namespace each, and a reviewed waiver of rule 21",
        );
      }
      for (const identity of identities.filter((each) => !byIdentity.has(each))) {
        byIdentity.set(identity, name);
      }
    }
    checkProxies(view.customers, inspection);
  },
};

function checkProxies(lanes: readonly CustomerLane[], inspection: Inspection): void {
  const byAddress = new Map<string, CustomerLane>();
  for (const lane of lanes) {
    for (const address of lane.endpoint?.addresses ?? []) {
      const other = byAddress.get(address);
      const proxied = [lane, other].find((one) => one?.endpoint?.proxy !== undefined);
      if (other !== undefined && proxied !== undefined) {
        inspection.report(
          `customers/${lane.name}.ts`,
          `reaches its API server by ${address}, and so does ${other.name}: ${proxied.endpoint?.proxy} is a proxy`,
          "give each customer a proxy at an address of its own",
        );
      }
      byAddress.set(address, other ?? lane);
    }
  }
}
