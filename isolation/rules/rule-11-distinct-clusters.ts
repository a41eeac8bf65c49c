import type { Rule } from "./rule.ts";

export const distinctClusters: Rule = {
  number: 11,
  name: "distinct-clusters",
  info: "Two customers name the same API server and the same namespace in it, so that they are one identity there.",
  explanation:
    "Two lanes with one identity in one cluster are one lane: each reads the other's results. The definition says where a credential belongs (server and namespace), and that is compared here. Whether two credentials are the same token or the same user cannot be seen without them: at deployment each customer creates an object named by a keyed hash of server and identity, and the API server refuses the second.",
  unit: "customers",
  check(view, inspection) {
    const byIdentity = new Map<string, string>();
    for (const { name, endpoint } of view.customers) {
      if (endpoint === undefined) {
        inspection.note(`customer ${name}: neither a definition nor a manifest names its API server`);
        continue;
      }
      inspection.examine();
      const { hostname, port, namespace, server } = endpoint;
      const identity = `${hostname.toLowerCase().replace(/\.$/, "")}:${port} ${namespace}`;
      const other = byIdentity.get(identity);
      if (other === undefined) {
        byIdentity.set(identity, name);
      } else {
        inspection.report(
          `customers/${name}.ts`,
          `uses namespace ${namespace} of ${server}, which is customer ${other}'s`,
          "correct cluster.server; two customers in one cluster need a namespace each, and a reviewed waiver of rule 21",
        );
      }
    }
  },
};
