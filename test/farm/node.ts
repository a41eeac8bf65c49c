import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Component } from "./component.ts";
import type { ControlPlane } from "./control-plane.ts";
import { REGISTRY } from "./images/recipe.ts";
import type { ClusterPaths } from "./paths.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import { writeSettings } from "./settings-file.ts";

/** Tools that a node is made of; containerd and runc are Debian's. */
export const NODE_TOOLS = ["kube-scheduler", "kubelet", "kube-proxy", "kube-router"] as const;

/** Where containerd listens inside a cluster's namespaces. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** Ports of the health checks of a node's components; their own defaults. */
export const KUBE_PROXY_HEALTH_PORT = 10256;
export const KUBE_ROUTER_HEALTH_PORT = 20244;

/** What a node is made from. */
export interface NodeProps {
  readonly plan: ClusterPlan;
  readonly node: NodePlan;
  readonly paths: ClusterPaths;
  readonly controlPlane: ControlPlane;
  /** Parent of the cgroups of its pods. */
  readonly cgroup: string;
  readonly tools: Readonly<Record<(typeof NODE_TOOLS)[number], string>>;
  /** Reference of the image that holds a pod's namespaces. */
  readonly pauseImage: string;
}

/** Components of a node, ready to be started. */
export interface NodeComponents {
  readonly containerd: Component;
  readonly kubelet: Component;
  readonly kubeProxy: Component;
  readonly kubeRouter: Component;
}

/** Writes the configuration of the scheduler. Nothing is started. */
export async function prepareScheduler(
  controlPlane: ControlPlane,
  tools: Pick<NodeProps["tools"], "kube-scheduler">,
): Promise<Component> {
  const kubeconfig = await controlPlane.componentKubeconfig("scheduler", "system:kube-scheduler");
  return {
    name: "kube-scheduler",
    command: [tools["kube-scheduler"], `--kubeconfig=${kubeconfig}`, "--leader-elect=false", "--secure-port=0"],
  };
}

/** Writes the configuration of a node. Nothing is started. */
export async function prepareNode(props: NodeProps): Promise<NodeComponents> {
  const { plan, node, paths, tools, controlPlane } = props;
  const isBeside = node.id === plan.node.id;
  const kubeconfig = (component: string, user: string, group?: string): Promise<string> =>
    isBeside
      ? controlPlane.componentKubeconfig(component, user, group)
      : controlPlane.componentKubeconfig(`${component}-${node.id}`, user, group, "elsewhere");
  const containerd = join(paths.config, "containerd.toml");
  const kubeletConfig = join(paths.config, "kubelet.yaml");
  const proxyConfig = join(paths.config, "kube-proxy.yaml");
  const networks = join(paths.config, "cni");
  const resolvConf = join(paths.config, "resolv.conf");
  const [serving, kubelet, proxy, router] = await Promise.all([
    controlPlane.pki.certificate(isBeside ? "kubelet-serving" : `kubelet-serving-${node.id}`, {
      commonName: node.id,
      serverNames: [`IP:${node.address}`, `DNS:${node.id}`],
    }),
    kubeconfig("kubelet", `system:node:${node.id}`, "system:nodes"),
    kubeconfig("kube-proxy", "system:kube-proxy"),
    kubeconfig("kube-router", KUBE_ROUTER_USER),
    mkdir(networks, { recursive: true }),
  ]);
  await Promise.all([
    writeSettings(containerd, containerdConfig(props.pauseImage, networks, paths.registries)),
    writeSettings(join(networks, "10-farm.conflist"), JSON.stringify(podNetwork(node), null, 2)),
    writeSettings(
      kubeletConfig,
      stringify(kubeletConfiguration(props.cgroup, controlPlane.pki.authority, serving, resolvConf)),
    ),
    writeSettings(proxyConfig, stringify(kubeProxyConfiguration(plan, node, proxy))),
    // There is no DNS: pods find what they need by address or by host aliases.
    writeSettings(resolvConf, ""),
  ]);
  return {
    containerd: { name: "containerd", command: ["containerd", "--config", containerd] },
    kubelet: {
      name: "kubelet",
      command: [
        tools.kubelet,
        `--config=${kubeletConfig}`,
        `--kubeconfig=${kubelet}`,
        `--hostname-override=${node.id}`,
        `--node-ip=${node.address}`,
      ],
    },
    kubeProxy: { name: "kube-proxy", command: [tools["kube-proxy"], `--config=${proxyConfig}`] },
    kubeRouter: {
      name: "kube-router",
      command: [
        tools["kube-router"],
        ...["--run-firewall=true", "--run-router=false", "--run-service-proxy=false", "--run-loadbalancer=false"],
        `--kubeconfig=${router}`,
        `--hostname-override=${node.id}`,
        `--service-cluster-ip-range=${plan.serviceRange}`,
      ],
    },
  };
}

/** User that enforces network policies. */
export const KUBE_ROUTER_USER = "nightlane-farm:kube-router";

/**
 * Debian's containerd with everything of its own, so that a cluster shares nothing with another or with the machine.
 */
export function containerdConfig(pauseImage: string, networks: string, registries: string, withPods = true): string {
  const runtime = 'plugins."io.containerd.grpc.v1.cri"';
  const head = [
    "version = 2",
    'root = "/var/lib/containerd"',
    'state = "/run/containerd"',
    "[grpc]",
    `address = "${CONTAINERD_SOCKET}"`,
    '[plugins."io.containerd.internal.v1.opt"]',
    'path = "/var/lib/containerd-opt"',
  ];
  // Top-level keys must stand before the first table.
  if (!withPods) {
    return [head[0], 'disabled_plugins = ["io.containerd.grpc.v1.cri"]', ...head.slice(1), ""].join("\n");
  }
  return [
    ...head,
    `[${runtime}]`,
    `sandbox_image = "${pauseImage}"`,
    // A container or CI machine may not be allowed to protect processes from the out-of-memory killer.
    "restrict_oom_score_adj = true",
    `[${runtime}.cni]`,
    'bin_dir = "/usr/lib/cni"',
    `conf_dir = "${networks}"`,
    // Read at each pull: how to reach a registry, and with which credentials of the node's own.
    `[${runtime}.registry]`,
    `config_path = "${registries}"`,
    `[${runtime}.containerd.runtimes.runc]`,
    'runtime_type = "io.containerd.runc.v2"',
    "",
  ].join("\n");
}

function podNetwork(node: NodePlan): unknown {
  return {
    cniVersion: "1.0.0",
    name: "farm",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        hairpinMode: true,
        ipam: { type: "host-local", ranges: [[{ subnet: node.podRange.toString() }]], routes: [{ dst: "0.0.0.0/0" }] },
      },
    ],
  };
}

function kubeletConfiguration(
  cgroup: string,
  authority: string,
  serving: { readonly certificate: string; readonly key: string },
  resolvConf: string,
): unknown {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: authority } },
    authorization: { mode: "Webhook" },
    tlsCertFile: serving.certificate,
    tlsPrivateKeyFile: serving.key,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    resolvConf,
    maxPods: 110,
    // The kubelet shares its machine: it manages only what is below a cgroup of its own, and works with cgroup v1 too.
    cgroupDriver: "cgroupfs",
    cgroupRoot: cgroup,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    // Images are imported, not pulled: the kubelet must not remove them, and a full disk does not concern it.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // Once the same image has come from a registry with credentials, the kubelet would ask for this name with some, too.
    imagePullCredentialsVerificationPolicy: "NeverVerifyAllowlistedImages",
    preloadedImagesVerificationAllowlist: [`${REGISTRY}/*`],
    evictionHard: { "memory.available": "200Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
  };
}

function kubeProxyConfiguration(plan: ClusterPlan, node: NodePlan, kubeconfig: string): unknown {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clientConnection: { kubeconfig },
    clusterCIDR: plan.podRange.toString(),
    hostnameOverride: node.id,
    // These are the whole machine's settings and cannot be changed from a network namespace.
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}
