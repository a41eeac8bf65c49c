import { type CentralCluster, centralAddresses } from "../../../constructs/definition/central-cluster.ts";
import { knownRange, sameRange } from "../../network/address.ts";
import { showAllowance } from "../../network/destination.ts";
import type { Allowance } from "../../network/policy.ts";
import type { PortRange } from "../../network/ports.ts";
import { namespaceNames } from "../../network/selector.ts";
import type { Rule } from "../rule.ts";

/** Ports of the metrics of the controller and of nightwatch. */
const METRICS_PORTS = [9090, 8080];

/** Port of nightwatch's page. */
const PAGE_PORT = 8081;

export const platformNetwork: Rule = {
  number: 43,
  name: "platform-network",
  info: "A component of the platform may be reached from, or may reach, more than central.json declares.",
  explanation:
    "The controller and nightwatch see every lane. A lane that reaches their ports reads other customers' names and steps from the metrics; a component that reaches a lane, or an address that nobody declared, is a way out of all of them. So the platform's policies are judged like those of the lanes: out to the central API server, to the declared webhook and Alertmanagers, to names only where an Alertmanager is found by one; in from the monitoring's namespace alone on the metrics' ports, and from the API server on the page's.",
  unit: "allowances",
  check(view, inspection) {
    for (const namespace of view.platformNamespaces) {
      const network = view.networks.get(namespace);
      for (const allowance of network?.egress ?? []) {
        inspection.examine();
        if (!isDeclaredTarget(allowance, view.central)) {
          inspection.report(
            allowance.policy,
            `${allowance.path} lets the platform reach ${showAllowance(allowance)}`,
            "remove it, or declare the receiver in central.json",
          );
        }
      }
      for (const allowance of network?.ingress ?? []) {
        inspection.examine();
        if (!isMonitoring(allowance, view.central) && !isPage(allowance, view.central)) {
          inspection.report(
            allowance.policy,
            `${allowance.path} lets ${showAllowance(allowance)} reach the platform`,
            "remove it: the monitoring's namespace alone reads metrics, and the API server alone the page",
          );
        }
      }
    }
  },
};

function isDeclaredTarget({ peer, ports }: Allowance, central: CentralCluster): boolean {
  const { apiServer, webhook, alertmanagers = [] } = central;
  if (peer.kind === "addresses") {
    const declared = [
      ...centralAddresses(central).map((address) => ({ address, port: apiServer.port })),
      ...(webhook?.addresses ?? []).map((address) => ({ address, port: webhook?.port ?? 443 })),
      ...alertmanagers.flatMap((one) =>
        "addresses" in one ? one.addresses.map((address) => ({ address, port: portOf(one.url) })) : [],
      ),
    ];
    const [range, ...others] = peer.ranges ?? [];
    return (
      range !== undefined &&
      others.length === 0 &&
      declared.some(
        ({ address, port }) => sameRange(range, knownRange(address)) && ports.every((each) => isOnly(each, [port])),
      )
    );
  }
  const namespace = onlyNamespace({ peer });
  const inCluster = alertmanagers.flatMap((one) => ("namespace" in one ? [one] : []));
  if (namespace === "kube-system") {
    return (
      inCluster.length > 0 && ports.every(({ from, to, protocol }) => from === 53 && to === 53 && protocol !== "SCTP")
    );
  }
  return inCluster.some((one) => one.namespace === namespace && ports.every((each) => isOnly(each, [portOf(one.url)])));
}

/** The page of all nights is reached through the API server, which authenticates its viewers. */
function isPage({ peer, ports }: Allowance, central: CentralCluster): boolean {
  const [range, ...others] = peer.kind === "addresses" ? (peer.ranges ?? []) : [];
  return (
    range !== undefined &&
    others.length === 0 &&
    centralAddresses(central).some((address) => sameRange(range, knownRange(address))) &&
    ports.every((each) => isOnly(each, [PAGE_PORT]))
  );
}

function isMonitoring({ peer, ports }: Allowance, { monitoring }: CentralCluster): boolean {
  return (
    monitoring !== undefined &&
    onlyNamespace({ peer }) === monitoring.namespace &&
    ports.length > 0 &&
    ports.every((each) => isOnly(each, METRICS_PORTS))
  );
}

/** The one namespace whose pods a peer is. */
function onlyNamespace({ peer }: Pick<Allowance, "peer">): string | undefined {
  if (peer.kind !== "pods" || peer.namespaces === undefined) {
    return undefined;
  }
  const names = namespaceNames(peer.namespaces);
  return names?.length === 1 ? names[0] : undefined;
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

function isOnly({ from, to, protocol }: PortRange, ports: readonly number[]): boolean {
  return from === to && ports.includes(from) && protocol === "TCP";
}
