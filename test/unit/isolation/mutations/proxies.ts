import type { ProxyProps } from "../../../../constructs/definition/customer-definition.ts";
import type { CustomerDefinition } from "../../../../constructs/index.ts";
import { estateOf } from "../../../../isolation/model/collect.ts";
import type { Endpoint, Estate } from "../../../../isolation/model/estate.ts";
import { tryPipeline } from "../../../../pipeline/pipeline-trial.ts";
import { alpenkredit, append, Draft, nordbank, set } from "../draft.ts";
import type { Mutation } from "./mutation.ts";

const PROXY: ProxyProps = { address: "10.64.3.9", port: 3128 };
const POLICY = "NetworkPolicy customer-nordbank/customer-api";
const REPORTED = "ConfigMap customer-nordbank/api-server";

/** The two example customers, the first one behind a proxy of its own. */
export const proxiedEstate: Estate = estateOf([throughProxy(nordbank), alpenkredit], tryPipeline);

/** Proxies on the way to a customer's API server: rules 11, 13, 19 and 21. */
export const proxyMutations: readonly Mutation[] = [
  shared("one proxy for two customers, a port each", [
    throughProxy(nordbank),
    throughProxy(alpenkredit, { ...PROXY, port: 3129 }),
  ]),
  shared("another customer's API server for a proxy", [
    nordbank,
    throughProxy(alpenkredit, { address: "10.64.1.10", port: 3128 }),
  ]),
  behindProxy(19, "a way round the proxy", POLICY, (draft) =>
    append(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress", {
      to: [{ ipBlock: { cidr: "10.64.1.10/32" } }],
      ports: [{ port: 6443, protocol: "TCP" }],
    }),
  ),
  behindProxy(19, "another port of the proxy", POLICY, (draft) =>
    append(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress/0/ports", {
      port: 22,
      protocol: "TCP",
    }),
  ),
  behindProxy(13, "runners told an address instead of the proxy", REPORTED, (draft) =>
    set(draft.object("nordbank", "ConfigMap", "api-server"), "data/addresses", "10.64.3.9\n"),
  ),
  behindProxy(13, "runners told another proxy", REPORTED, (draft) =>
    set(draft.object("nordbank", "ConfigMap", "api-server"), "data/addresses", "http://10.64.3.8:3128\n"),
  ),
  {
    ...behindProxy(13, "a central node for a proxy", "customers/nordbank.ts", (draft) => {
      const endpoint = draft.lane("nordbank").endpoint as Endpoint;
      const addresses = ["10.64.0.77"];
      draft.change("nordbank", { endpoint: { ...endpoint, addresses, proxy: "http://10.64.0.77:3128" } });
    }),
    // The policy still leads to the proxy that was there.
    also: [19],
  },
  {
    rule: 21,
    title: "one proxy for two customers",
    object: POLICY,
    also: [11],
    estate: () => estateOf([throughProxy(nordbank), throughProxy(alpenkredit)], tryPipeline),
  },
];

function throughProxy({ cluster, ...rest }: CustomerDefinition, proxy = PROXY): CustomerDefinition {
  const { address: _, ...direct } = cluster;
  return { ...rest, cluster: { ...direct, proxy } };
}

function shared(title: string, customers: readonly CustomerDefinition[]): Mutation {
  const estate = (): Estate => estateOf(customers, tryPipeline);
  return { rule: 11, title, object: "customers/alpenkredit.ts", estate };
}

function behindProxy(rule: number, title: string, object: string, mutate: (draft: Draft) => void): Mutation {
  const estate = (): Estate => {
    const draft = new Draft(proxiedEstate);
    mutate(draft);
    return draft.estate;
  };
  return { rule, title, object, estate };
}
