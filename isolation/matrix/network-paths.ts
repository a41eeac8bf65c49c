import { centralAddresses } from "../../constructs/definition/central-cluster.ts";
import type { CustomerLane } from "../model/estate.ts";
import type { EstateView } from "../model/view.ts";
import { type AddressRange, knownRange, overlap, sameRange } from "../network/address.ts";
import { showAllowance } from "../network/destination.ts";
import { type NamespaceNetwork, networkOf } from "../network/namespace-network.ts";
import type { Allowance } from "../network/policy.ts";
import { coversPort } from "../network/ports.ts";
import { namespaceNames, selects } from "../network/selector.ts";
import type { Customers, PathGroup } from "./path.ts";

/** What the network policies of one lane let its pods reach of another: its pods, and its customer's API server. */
export function networkPaths(view: EstateView): readonly PathGroup[] {
  const reach = new Reach(view);
  return view.customers.flatMap((lane) => reach.pathsOf(lane));
}

/** Half of a way, before the other end is checked. */
interface Half {
  readonly to: Customers;
  readonly how: string;
  readonly objects: readonly string[];
}

class Reach {
  private readonly podRange: AddressRange;
  /**
   * Where pods have addresses of the nodes' network, those of the central API server are among them, and not a pod's.
   */
  private readonly apiServers: readonly AddressRange[];
  /** Namespaces by selector, so that a thousand lanes with one selector are matched once. */
  private readonly selected = new Map<string, Customers>();

  constructor(private readonly view: EstateView) {
    this.podRange = knownRange(view.central.podRange);
    this.apiServers = centralAddresses(view.central).map(knownRange);
  }

  pathsOf(lane: CustomerLane): readonly PathGroup[] {
    const network = this.networkOf(lane);
    const group = (to: Customers, state: PathGroup["state"], how: string, objects: readonly string[]): PathGroup => ({
      kind: "network",
      from: [lane.name],
      to,
      state,
      how,
      objects,
    });
    const servers = this.servers(lane, network).map(({ to, how, objects }) => group(to, "open", how, objects));
    const sending = this.pods(lane, network, "egress");
    const pods = sending.flatMap(({ to, how, objects }) => {
      const [open, half] = this.split(lane, to);
      return [
        ...(open.length === 0 ? [] : [group(open, "open", how, objects)]),
        ...(half.length === 0 ? [] : [group(half, "half", `${how}; the other lane still refuses`, objects)]),
      ];
    });
    // What lets others in, seen from the lane that they enter: those who may not send are half a way.
    const receiving = this.pods(lane, network, "ingress").flatMap(({ to, how, objects }): readonly PathGroup[] => {
      const closed = this.withoutEgress(lane, to);
      const path = { kind: "network", to: [lane.name], state: "half", objects } as const;
      return closed.length === 0 ? [] : [{ ...path, from: closed, how: `${how}; their own lanes still refuse` }];
    });
    return [...servers, ...pods, ...receiving].filter(({ to, from }) => to.length > 0 && from.length > 0);
  }

  /** Customers' API servers that the lane may reach beside its own. */
  private servers(lane: CustomerLane, network: NamespaceNetwork): readonly Half[] {
    if (!network.egressIsolated) {
      return [{ to: "all", how: "its pods may reach every API server", objects: [`Namespace ${lane.namespace}`] }];
    }
    return network.egress.flatMap((allowance): readonly Half[] => {
      const how = `its pods may reach ${showAllowance(allowance)}, where the other's API server is`;
      if (allowance.peer.kind === "anywhere") {
        return [{ to: "all", how, objects: [allowance.policy] }];
      }
      const ranges = allowance.peer.kind === "addresses" ? (allowance.peer.ranges ?? []) : [];
      const names = ranges
        .flatMap((range) => this.view.endpoints.within(range))
        .filter((other) => other !== lane && coversPort(allowance.ports, "TCP", other.endpoint?.port ?? -1))
        .map(({ name }) => name);
      return names.length === 0 ? [] : [{ to: names, how, objects: [allowance.policy] }];
    });
  }

  /** Lanes whose pods the lane's may reach (`egress`), or be reached by (`ingress`). */
  private pods(lane: CustomerLane, network: NamespaceNetwork, direction: "egress" | "ingress"): readonly Half[] {
    const isolated = direction === "egress" ? network.egressIsolated : network.ingressIsolated;
    const verb = direction === "egress" ? "reach" : "be reached by";
    if (!isolated) {
      return [{ to: "all", how: `its pods may ${verb} every pod`, objects: [`Namespace ${lane.namespace}`] }];
    }
    return network[direction].flatMap((allowance): readonly Half[] => {
      const to = this.lanesOf(allowance);
      const how = `its pods may ${verb} ${showAllowance(allowance)}`;
      return to === "all" || to.some((name) => name !== lane.name) ? [{ to, how, objects: [allowance.policy] }] : [];
    });
  }

  /** The lanes whose pods an allowance takes in. */
  private lanesOf({ peer }: Allowance): Customers {
    if (peer.kind === "anywhere") {
      return "all";
    }
    if (peer.kind === "addresses") {
      const isOfPods = (range: AddressRange): boolean =>
        overlap(range, this.podRange) && !this.apiServers.some((server) => sameRange(range, server));
      return peer.ranges?.some(isOfPods) === true ? "all" : [];
    }
    if (peer.namespaces === undefined) {
      return [];
    }
    const names = namespaceNames(peer.namespaces);
    if (names !== undefined) {
      return names.flatMap((name) => this.view.laneByNamespace.get(name)?.name ?? []);
    }
    const key = JSON.stringify(peer.namespaces);
    const known = this.selected.get(key) ?? this.select(peer.namespaces);
    this.selected.set(key, known);
    return known;
  }

  private select(selector: unknown): Customers {
    const names = this.view.customers.flatMap(({ name, namespace, lane }) => {
      const declared = lane.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === namespace);
      const labels = { ...declared?.metadata.labels, "kubernetes.io/metadata.name": namespace };
      return selects(selector, labels) ? [name] : [];
    });
    return names.length === this.view.customers.length ? "all" : names;
  }

  /** Those of `to` that let the lane's pods in, and those that do not. */
  private split(lane: CustomerLane, to: Customers): readonly [open: Customers, half: Customers] {
    const others = this.members(to).filter((other) => other !== lane);
    const isOpen = (other: CustomerLane): boolean => {
      const network = this.networkOf(other);
      return !network.ingressIsolated || network.ingress.some((allowance) => this.takesIn(allowance, lane));
    };
    const open = others.filter(isOpen);
    if (to === "all" && (open.length === 0 || open.length === others.length)) {
      return open.length === 0 ? [[], "all"] : ["all", []];
    }
    const names = new Set(open.map(({ name }) => name));
    return [[...names], others.map(({ name }) => name).filter((name) => !names.has(name))];
  }

  /** Those of `from` whose own policies do not let them send to the lane. */
  private withoutEgress(lane: CustomerLane, from: Customers): Customers {
    const others = this.members(from).filter((other) => other !== lane);
    const closed = others.filter((other) => {
      const network = this.networkOf(other);
      return network.egressIsolated && !network.egress.some((allowance) => this.takesIn(allowance, lane));
    });
    return from === "all" && closed.length === others.length ? "all" : closed.map(({ name }) => name);
  }

  private takesIn(allowance: Allowance, lane: CustomerLane): boolean {
    const lanes = this.lanesOf(allowance);
    return lanes === "all" || lanes.includes(lane.name);
  }

  private members(customers: Customers): readonly CustomerLane[] {
    return customers === "all"
      ? this.view.customers
      : customers.flatMap((name) => this.view.laneByName.get(name) ?? []);
  }

  private networkOf({ namespace }: CustomerLane): NamespaceNetwork {
    return this.view.networks.get(namespace) ?? networkOf(namespace, []);
  }
}
