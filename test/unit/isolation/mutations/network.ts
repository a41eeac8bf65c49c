import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { estateOf } from "../../../../isolation/model/collect.ts";
import { tryPipeline } from "../../../../pipeline/pipeline-trial.ts";
import { alpenkredit, append, nordbank, set, severalServersEstate } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const LANE = "Namespace customer-nordbank";
const CUSTOMER_API = "NetworkPolicy customer-nordbank/customer-api";
const CONTROLLER = "NetworkPolicy argo/controller";
const NAME_LABEL = "kubernetes.io/metadata.name";

/** Network policies: rules 18 to 21. */
export const networkMutations: readonly Mutation[] = [
  mutation(18, "no default deny", LANE, (draft) => draft.remove("nordbank", "NetworkPolicy", "default-deny")),
  mutation(18, "a default deny of one direction", LANE, (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "default-deny"), "spec/policyTypes", ["Egress"]),
  ),
  mutation(18, "a default deny without policyTypes", LANE, (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "default-deny"), "spec/policyTypes", undefined),
  ),
  mutation(18, "a default deny of some pods", LANE, (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "default-deny"), "spec/podSelector", {
      matchLabels: { app: "runner" },
    }),
  ),
  mutation(18, "a platform namespace without policies", "Namespace nightlane-system", (draft) => {
    draft.platform = draft.platform.filter(
      ({ kind, metadata }) => kind !== "NetworkPolicy" || metadata.namespace !== "nightlane-system",
    );
  }),

  egress(19, "another port of its own API server", "customer-api", { ports: [tcp(22)], to: [block("10.64.1.10/32")] }),
  egress(19, "an address that is nobody's", "customer-api", { ports: [tcp(443)], to: [block("192.0.2.9/32")] }),
  egress(19, "everything, by an empty rule", "central-api", {}),
  egress(19, "everything on one port", "central-api", { ports: [tcp(443)], to: [] }),
  egress(19, "its own pods", "central-api", { to: [{ podSelector: {} }] }),
  egress(19, "another namespace by name", "central-api", { to: [namespaceNamed("monitoring")], ports: [tcp(9090)] }),
  mutation(19, "a range of ports", CUSTOMER_API, (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress/0/ports/0/endPort", 6450),
  ),
  mutation(19, "a network around its own API server", CUSTOMER_API, (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress/0/to/0/ipBlock/cidr", "10.64.1.0/24"),
  ),
  mutation(19, "the same, with a hole", CUSTOMER_API, (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress/0/to/0/ipBlock", {
      cidr: "10.64.1.10/31",
      except: ["10.64.1.10/32"],
    }),
  ),
  egress(19, "names", "customer-api", { to: [namespaceNamed("kube-system")], ports: [udp(53), tcp(53)] }),
  egress(19, "names over TCP", "customer-api", { to: [namespaceNamed("kube-system")], ports: [tcp(53)] }),
  egress(19, "names of the pods of DNS only", "customer-api", {
    to: [{ ...namespaceNamed("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
    ports: [udp(53)],
  }),
  egress(19, "a resolver on the node", "customer-api", { to: [block("169.254.20.10/32")], ports: [udp(53)] }, [21]),
  egress(19, "a resolver on the internet", "customer-api", { to: [block("192.0.2.53/32")], ports: [udp(53)] }),
  mutation(19, "its own API server over another protocol", CUSTOMER_API, (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "customer-api"), "spec/egress/0/ports/0/protocol", "UDP"),
  ),
  mutation(19, "a way in", "NetworkPolicy customer-nordbank/metrics", (draft) =>
    draft.add(
      "nordbank",
      policy("metrics", { ingress: [{ from: [namespaceNamed("monitoring")], ports: [tcp(9090)] }] }),
    ),
  ),
  mutation(19, "a policy for some pods only", "NetworkPolicy customer-nordbank/some", (draft) =>
    draft.add("nordbank", {
      ...policy("some", {}),
      spec: {
        podSelector: { matchLabels: { team: "risk" } },
        policyTypes: ["Egress"],
        egress: [{ to: [block("192.0.2.9/32")] }],
      },
    }),
  ),
  mutation(19, "no way to its own API server", LANE, (draft) =>
    draft.remove("nordbank", "NetworkPolicy", "customer-api"),
  ),
  mutation(19, "no way to the central API server", LANE, (draft) =>
    draft.remove("nordbank", "NetworkPolicy", "central-api"),
  ),

  selected("another label", { matchLabels: { team: "risk" } }),
  selected("everything", {}),
  selected("all but one", { matchExpressions: [{ key: NAME_LABEL, operator: "NotIn", values: ["kube-system"] }] }),
  selected("the name and another label", { matchLabels: { [NAME_LABEL]: "kube-system", team: "risk" } }),
  egress(
    20,
    "other lanes by a label",
    "customer-api",
    { to: [{ namespaceSelector: { matchLabels: { "nightlane/customer": "alpenkredit" } } }] },
    [19],
  ),

  blocked("the pods", "10.60.0.0/16"),
  blocked("one pod", "10.60.7.7/32"),
  blocked("the services", "10.61.0.0/24"),
  blocked("the nodes", "10.64.0.0/24"),
  blocked("the metadata service", "169.254.169.254/32"),
  blocked("every address", "0.0.0.0/0"),
  blocked("every address but some", "10.0.0.0/8", ["10.60.0.0/16", "10.61.0.0/16"]),
  blocked("every IPv6 address", "::/0"),
  blocked("pods in the notation of IPv6", "::ffff:10.60.7.7/128"),
  blocked("the API server by a translator of addresses", "64:ff9b::a40:a/128"),
  blocked("the API server by a tunnel", "2002:a40:a::/48"),
  blocked("a customer's API server", "10.64.2.10/32"),
  mutation(21, "a block that cannot be read", CONTROLLER, (draft) =>
    set(draft.object("platform", "NetworkPolicy", "controller"), "spec/egress/0/to/0/ipBlock/cidr", "10.64.0.10/33"),
  ),
  mutation(
    19,
    "a machine beside those of the central API server",
    "NetworkPolicy customer-nordbank/central-api",
    (draft) =>
      append(draft.object("nordbank", "NetworkPolicy", "central-api"), "spec/egress", {
        ports: [tcp(443)],
        to: [block("10.64.0.12/32")],
      }),
    [21],
    severalServersEstate,
  ),
  mutation(
    19,
    "no way to the central API server's second machine",
    LANE,
    (draft) =>
      set(draft.object("nordbank", "NetworkPolicy", "central-api"), "spec/egress", [
        { ports: [tcp(443)], to: [block("10.64.0.10/32")] },
      ]),
    [],
    severalServersEstate,
  ),
  mutation(
    43,
    "another port of the central API server's second machine",
    CONTROLLER,
    (draft) =>
      append(draft.object("platform", "NetworkPolicy", "controller"), "spec/egress", {
        ports: [tcp(22)],
        to: [block("10.64.0.11/32")],
      }),
    [21],
    severalServersEstate,
  ),
  mutation(21, "a page that every node reaches", "NetworkPolicy nightlane-system/nightwatch", (draft) =>
    append(draft.object("platform", "NetworkPolicy", "nightwatch"), "spec/ingress", { from: [block("10.64.0.0/24")] }),
  ),
  mutation(19, "the central API server let into a lane", "NetworkPolicy customer-nordbank/default-deny", (draft) =>
    set(draft.object("nordbank", "NetworkPolicy", "default-deny"), "spec/ingress", [
      { from: [block("10.64.0.10/32")] },
    ]),
  ),
  egress(
    21,
    "another customer's API server",
    "customer-api",
    { ports: [tcp(6443)], to: [block("10.64.2.10/32")] },
    [19],
  ),
  {
    rule: 21,
    title: "one address for two customers' API servers",
    // Argo CD goes by the address, and the one customer's applications would reach the other's namespace.
    also: [11, "matrix"],
    object: "NetworkPolicy customer-nordbank/customer-api",
    estate: () =>
      estateOf(
        [nordbank, { ...alpenkredit, cluster: { ...alpenkredit.cluster, address: nordbank.cluster.address } }],
        tryPipeline,
      ),
  },
];

function egress(rule: number, title: string, name: string, added: object, also: readonly number[] = []): Mutation {
  return mutation(
    rule,
    `egress to ${title}`,
    `NetworkPolicy customer-nordbank/${name}`,
    (draft) => append(draft.object("nordbank", "NetworkPolicy", name), "spec/egress", added),
    also,
  );
}

function selected(title: string, namespaceSelector: object): Mutation {
  return mutation(20, `a selector of namespaces by ${title}`, CONTROLLER, (draft) =>
    append(draft.object("platform", "NetworkPolicy", "controller"), "spec/egress", { to: [{ namespaceSelector }] }),
  );
}

function blocked(title: string, cidr: string, except?: readonly string[]): Mutation {
  return mutation(21, `a block of ${title}`, CONTROLLER, (draft) =>
    append(draft.object("platform", "NetworkPolicy", "controller"), "spec/egress", { to: [block(cidr, except)] }),
  );
}

function block(cidr: string, except?: readonly string[]): object {
  return { ipBlock: { cidr, ...(except === undefined ? {} : { except }) } };
}

function tcp(port: number): object {
  return { protocol: "TCP", port };
}

function udp(port: number): object {
  return { protocol: "UDP", port };
}

function namespaceNamed(name: string): object {
  return { namespaceSelector: { matchLabels: { [NAME_LABEL]: name } } };
}

function policy(name: string, spec: object): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: "customer-nordbank" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ...spec },
  };
}
