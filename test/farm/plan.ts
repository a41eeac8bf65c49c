import { createHash } from "node:crypto";
import { type CentralCluster, centralAddresses } from "../../constructs/definition/central-cluster.ts";
import { UserError } from "../../constructs/definition/problem.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { Ipv4Range, ipv4ToNumber, numberToIpv4 } from "./ipv4.ts";

/** Images of the farm by logical name. */
export type FarmImageName = "pause" | "runner" | "risk" | "nightwatch" | "argoController" | "argoExecutor";

/** One node of a cluster. */
export interface NodePlan {
  /** Its name in its cluster; names its folder and its cgroup too. */
  readonly id: string;
  readonly address: string;
  /** Addresses of its pods. */
  readonly podRange: Ipv4Range;
}

/** One cluster of the farm: a control plane and a node beside it. */
export interface ClusterPlan {
  /** Unique in the farm; names its node, its folder and its cgroup: "central" or "customer-<name>". */
  readonly id: string;
  /** The name that people use: "central" or the customer's name. */
  readonly name: string;
  /** Address of the node, which is the address of the API server too. */
  readonly address: string;
  /** Port of the API server. */
  readonly port: number;
  /** Names that the API server's certificate carries besides its addresses. */
  readonly hostnames: readonly string[];
  /** Addresses of all its pods. */
  readonly podRange: Ipv4Range;
  readonly serviceRange: Ipv4Range;
  /** The node beside its control plane. */
  readonly node: NodePlan;
  /** Nodes on machines of their own. */
  readonly workers: readonly NodePlan[];
  /** Images that its container runtime holds. */
  readonly images: readonly FarmImageName[];
  /** Claims of results volumes that the cluster must be able to bind. */
  readonly claims: readonly Claim[];
}

/** A PersistentVolumeClaim by name. */
export interface Claim {
  readonly namespace: string;
  readonly name: string;
}

/** A customer's cluster. */
export interface CustomerPlan extends ClusterPlan {
  /** URL of the API server as the customer file declares it. */
  readonly server: string;
  /** Namespace of Nightlane's identity and the customer's applications. */
  readonly namespace: string;
  readonly credentials: readonly FarmCredential[];
}

/** A credential that a customer file refers to and the farm makes. */
export interface FarmCredential {
  /** Name of its file in the customer's folder. */
  readonly file: string;
  /** Environment variable by which the deployment finds the file. @default - it is found another way */
  readonly variable?: string;
  /** Service account of the customer's cluster whose kubeconfig it is. */
  readonly account: string;
}

/** All clusters of a farm. */
export interface FarmPlan {
  readonly central: ClusterPlan;
  readonly customers: readonly CustomerPlan[];
  /** Address of this machine on the farm's bridge. */
  readonly hostAddress: string;
}

/** What the farm must know about a customer. */
export interface FarmCustomer {
  readonly name: string;
  readonly server: string;
  readonly address: string;
  readonly namespace: string;
  readonly credentials: readonly FarmCredential[];
}

/**
 * What the farm must know about the central cluster: the content of central.json. Its API server has the first address.
 */
export type FarmCentral = Pick<CentralCluster, "apiServer" | "podRange" | "serviceRange" | "nodeRange">;

/** Ranges inside customers' clusters. They never collide: each cluster has a network of its own. */
const CUSTOMER_POD_RANGE = new Ipv4Range("10.70.0.0/16");
const CUSTOMER_SERVICE_RANGE = new Ipv4Range("10.71.0.0/16");

/** Id of the central cluster. */
export const CENTRAL_ID = "central";

/** Id of a customer's cluster. */
export function customerClusterId(customer: string): string {
  return `customer-${customer}`;
}

/** The claim of a customer's lane in the central cluster. */
export function laneClaim(customer: string): Claim {
  return { namespace: laneNamespace(customer), name: "results" };
}

/** How many nodes a cluster may have. */
export type NodeCount = 1 | 2;

/** How many nodes the clusters have at least. The second ones are there for tests that lose one. */
export interface NodeCounts {
  /** @default 1 */
  readonly central?: NodeCount;
  /** Of each customer's cluster. @default 1 */
  readonly customer?: NodeCount;
}

/** Name of the central cluster's second node. */
export const SECOND_CENTRAL_NODE = secondNodeOf(CENTRAL_ID);

/** Name of a cluster's second node. */
export function secondNodeOf(clusterId: string): string {
  return `${clusterId}-2`;
}

/**
 * Lays out the farm.
 * @throws UserError naming every customer whose address cannot be used
 */
export function planFarm(central: FarmCentral, customers: readonly FarmCustomer[], nodes: NodeCounts = {}): FarmPlan {
  const { port } = central.apiServer;
  const [address = ""] = centralAddresses(central);
  const podRange = new Ipv4Range(central.podRange);
  const plan: FarmPlan = {
    hostAddress: new Ipv4Range(central.nodeRange).at(1),
    central: {
      id: CENTRAL_ID,
      name: "central",
      address,
      port,
      hostnames: [],
      podRange,
      serviceRange: new Ipv4Range(central.serviceRange),
      ...planNodes(CENTRAL_ID, address, podRange, nodes.central),
      images: ["pause", "runner", "nightwatch", "argoController", "argoExecutor"],
      claims: customers.map((customer) => laneClaim(customer.name)),
    },
    customers: customers.map((customer) => planCustomer(customer, nodes.customer)),
  };
  const problems = addressProblems(plan);
  if (problems.length > 0) {
    throw new UserError(
      `${problems.join("\n")}\nGive each customer an address of its own in customers/<name>.ts (cluster.address).`,
    );
  }
  return plan;
}

/**
 * The nodes of a cluster. Each has half of the pods' addresses, even while there is only one, so that a second can
 * join.
 */
function planNodes(
  id: string,
  address: string,
  podRange: Ipv4Range,
  count: NodeCount = 1,
): Pick<ClusterPlan, "node" | "workers"> {
  const [pods, secondPods] = podRange.halves();
  const second = { id: secondNodeOf(id), address: nextAddress(address), podRange: secondPods };
  return { node: { id, address, podRange: pods }, workers: count === 2 ? [second] : [] };
}

function planCustomer(customer: FarmCustomer, nodes: NodeCount = 1): CustomerPlan {
  const url = new URL(customer.server);
  const id = customerClusterId(customer.name);
  return {
    id,
    name: customer.name,
    address: customer.address,
    port: url.port === "" ? 443 : Number(url.port),
    hostnames: [url.hostname],
    podRange: CUSTOMER_POD_RANGE,
    serviceRange: CUSTOMER_SERVICE_RANGE,
    ...planNodes(id, customer.address, CUSTOMER_POD_RANGE, nodes),
    images: ["pause", "runner", "risk"],
    claims: [{ namespace: customer.namespace, name: "results" }],
    server: customer.server,
    namespace: customer.namespace,
    credentials: customer.credentials,
  };
}

function addressProblems(plan: FarmPlan): readonly string[] {
  const takenBy = new Map([
    [plan.hostAddress, "this machine on the farm's bridge"],
    [plan.central.address, "the central cluster"],
    ...allClusters(plan).flatMap(({ name, workers }) =>
      workers.map(
        ({ id, address }) => [address, `${name === CENTRAL_ID ? "the central cluster" : name}'s node ${id}`] as const,
      ),
    ),
  ]);
  const ranges = [plan.central.podRange, plan.central.serviceRange, CUSTOMER_POD_RANGE, CUSTOMER_SERVICE_RANGE];
  return plan.customers.flatMap((customer) => {
    const where = `customers/${customer.name}.ts: cluster.address ${JSON.stringify(customer.address)}`;
    const owner = takenBy.get(customer.address);
    const range = ranges.find((candidate) => candidate.contains(customer.address));
    takenBy.set(customer.address, `customer ${customer.name}`);
    return [
      ...(owner === undefined ? [] : [`${where} is already the address of ${owner}.`]),
      ...(range === undefined ? [] : [`${where} lies in ${range}, a range of pods or Services in the farm.`]),
    ];
  });
}

function nextAddress(address: string): string {
  return numberToIpv4(ipv4ToNumber(address) + 1);
}

/** Name of the host's end of a machine's network link; the kernel allows 15 characters. */
export function linkName(id: string): string {
  return `nlf${createHash("sha256").update(id).digest("hex").slice(0, 10)}`;
}

/** All clusters of the farm, the central one first. */
export function allClusters(plan: FarmPlan): readonly ClusterPlan[] {
  return [plan.central, ...plan.customers];
}
