import { UserError } from "../../constructs/definition/problem.ts";
import type { Ipv4Range } from "./ipv4.ts";
import { linkName, type NodePlan } from "./plan.ts";
import { run } from "./run.ts";
import type { Sandbox } from "./sandbox.ts";

/** The bridge on this machine that joins the clusters. Nothing is routed beyond it. */
const BRIDGE = "nlfarm0";

interface Link {
  readonly ifname: string;
  readonly ifalias?: string;
  /** Name of the bridge it belongs to. */
  readonly master?: string;
  readonly address?: string;
}

/**
 * Makes the bridge with this machine's own address on it, or finds it as it was.
 * @throws UserError if it is another farm's
 */
export async function ensureBridge(farm: string, hostAddress: string): Promise<void> {
  const bridge = await findLink(BRIDGE);
  if (bridge === undefined) {
    await ip("link", "add", BRIDGE, "type", "bridge");
    await ip("link", "set", BRIDGE, "alias", farm);
  } else if (bridge.ifalias !== farm) {
    throw new UserError(
      `Another farm runs on this machine: its state is in ${bridge.ifalias ?? "an unknown place"}.\n` +
        `End it first: NIGHTLANE_FARM=${bridge.ifalias ?? "<its folder>"} make farm-down`,
    );
  }
  await ip("address", "replace", `${hostAddress}/32`, "dev", BRIDGE);
  await ip("link", "set", BRIDGE, "up");
}

/**
 * Removes the bridge and, with it, every route of the farm. Does nothing if there is none, or if it is another farm's.
 */
export async function removeBridge(farm: string): Promise<void> {
  const bridge = await findLink(BRIDGE);
  if (bridge?.ifalias !== farm) {
    return;
  }
  const links = (await allLinks()).filter((link) => link.master === BRIDGE);
  for (const link of links) {
    await removeLink(link.ifname);
  }
  await ip("link", "delete", BRIDGE);
}

/** Joins a machine's network namespace to the bridge, both ways. It can be repeated. */
export async function connect(
  plan: Pick<NodePlan, "id" | "address">,
  sandbox: Sandbox,
  hostAddress: string,
): Promise<void> {
  const link = linkName(plan.id);
  if (!(await hasPeer(sandbox))) {
    // The kernel takes a moment to remove the link of a namespace that has just ended: it is not this one's.
    await removeLink(link);
    await ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", String(sandbox.init.pid));
  }
  await ip("link", "set", link, "master", BRIDGE, "up");
  await ip("route", "replace", `${plan.address}/32`, "dev", BRIDGE, "src", hostAddress);
  await sandbox.run("sh", ["-c", insideScript(plan.address)]);
}

/** Removes what an ended cluster leaves on this machine: its end of the link, and the route to it. */
export async function disconnect(clusterId: string, address: string): Promise<void> {
  await removeLink(linkName(clusterId));
  await run("sh", [
    "-c",
    'ip route delete "$0/32" dev "$1" 2>/dev/null || ! ip route show "$0/32" | grep -q .',
    address,
    BRIDGE,
  ]);
}

/**
 * Lets the pods of a cluster's nodes reach each other under their own addresses, as policies between them need it.
 * @param podRange Addresses of all pods of the cluster.
 * @param others The nodes on other machines.
 */
export async function routePods(sandbox: Sandbox, podRange: Ipv4Range, others: readonly NodePlan[]): Promise<void> {
  // What kube-proxy has marked goes on to its masquerading: a pod that reaches itself through a Service.
  const rule = `POSTROUTING -s ${podRange} -d ${podRange} -m mark ! --mark 0x4000/0x4000 -j ACCEPT`;
  const lines = [
    "set -eu",
    ...others.map(({ podRange: pods, address }) => `ip route replace ${pods} via ${address} dev eth0 onlink`),
    `iptables -w -t nat -C ${rule} 2>/dev/null || iptables -w -t nat -I ${rule}`,
  ];
  await sandbox.run("sh", ["-c", lines.join("\n")]);
}

const MASQUERADE = "POSTROUTING -o eth0 -m addrtype ! --src-type LOCAL -j MASQUERADE";

/**
 * Everything is on the link: a customer may declare any address, so no range could separate what is reached directly.
 * The settings are those of any node; they hold for this network namespace only.
 */
function insideScript(address: string): string {
  return [
    "set -eu",
    `ip address replace ${address}/32 dev eth0`,
    "ip link set eth0 up",
    "ip route replace default dev eth0 scope link",
    "echo 1 > /proc/sys/net/ipv4/ip_forward",
    // Outside their node, pods are seen under its address. One rule for all: the pod network's own, a chain for each
    // pod, cost every start and every end of a pod a tenth of a second.
    `iptables -w -t nat -C ${MASQUERADE} 2>/dev/null || iptables -w -t nat -A ${MASQUERADE}`,
    // Without it, traffic between pods on one bridge would bypass Services and network policies.
    "if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]; then echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables; fi",
  ].join("\n");
}

/** Whether the cluster's end of its link is there. */
async function hasPeer(sandbox: Sandbox): Promise<boolean> {
  return (await sandbox.run("sh", ["-c", "ip -json link show"])).includes('"ifname":"eth0"');
}

/** Removes a link that the kernel may be about to remove itself. */
async function removeLink(name: string): Promise<void> {
  await run("sh", ["-c", 'ip link delete "$0" 2>/dev/null || ! ip link show "$0" >/dev/null 2>&1', name]);
}

async function findLink(name: string): Promise<Link | undefined> {
  return (await allLinks()).find((link) => link.ifname === name);
}

async function allLinks(): Promise<readonly Link[]> {
  return JSON.parse(await ip("-json", "link", "show")) as readonly Link[];
}

async function ip(...args: readonly string[]): Promise<string> {
  return run("ip", args);
}
