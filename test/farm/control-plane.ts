import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { auditArguments } from "./audit-log.ts";
import type { Component } from "./component.ts";
import { writeCertificateKubeconfig } from "./kubeconfig.ts";
import { Pki } from "./pki.ts";
import { writeSettings } from "./settings-file.ts";

/** Tools that a control plane is made of. */
export const CONTROL_PLANE_TOOLS = ["etcd", "kube-apiserver", "kube-controller-manager"] as const;

/** Where a control plane listens and what it serves. */
export interface ControlPlaneProps {
  /** Name of the cluster: its authority's common name and its context in kubeconfigs. */
  readonly name: string;
  /** Folder of its certificates. */
  readonly pki: string;
  /** Folder of its other files. */
  readonly config: string;
  /** Folder of its database. */
  readonly etcd: string;
  readonly tools: Readonly<Record<(typeof CONTROL_PLANE_TOOLS)[number], string>>;
  /** Address the API server listens on. */
  readonly bindAddress: string;
  /** Address by which the API server is reached from outside and by pods. */
  readonly address: string;
  readonly ports: ControlPlanePorts;
  readonly serviceRange: string;
  /** First address of the service range: the Service `kubernetes`. */
  readonly serviceAddress: string;
  /** Addresses of pods. @default - no node gets a share: there are no nodes */
  readonly podRange?: string;
  /**
   * Length of the network part of one node's share of them, in bits.
   * @default - that of the whole: there is one node
   */
  readonly nodePodBits?: number;
  /** Further names in the API server's certificate. */
  readonly hostnames: readonly string[];
  /** Address at which anybody can find who signs its tokens. @default - none: only the cluster itself knows */
  readonly issuer?: string;
  /** Which other issuers' tokens its API server accepts, as Nightlane writes it. @default - none */
  readonly authentication?: object;
  /** Whether writes to Argo's objects and pods are kept in a log. @default false */
  readonly audit?: boolean;
}

/** Ports of a control plane. */
export interface ControlPlanePorts {
  readonly api: number;
  readonly etcdClient: number;
  readonly etcdPeer: number;
}

/** A control plane ready to be started, and the credentials for it. */
export interface ControlPlane {
  readonly pki: Pki;
  readonly etcd: Component;
  readonly apiServer: Component;
  readonly controllerManager: Component;
  /** Kubeconfig of the cluster's administrator, over `address`. */
  readonly adminKubeconfig: string;
  /** Writes a kubeconfig for a component that runs beside the API server, or on another machine. */
  componentKubeconfig(name: string, user: string, group?: string, where?: "beside" | "elsewhere"): Promise<string>;
}

/** Makes the certificates and configuration of a control plane. Nothing is started. */
export async function prepareControlPlane(props: ControlPlaneProps): Promise<ControlPlane> {
  await Promise.all([props.config, props.etcd].map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const pki = await Pki.open(props.pki, props.name);
  const kubeconfig = async (name: string, server: string, user: string, group?: string): Promise<string> => {
    const request = { commonName: user, ...(group === undefined ? {} : { organization: group }) };
    const file = join(props.config, `${name}.kubeconfig`);
    const content = { cluster: props.name, server, user };
    await writeCertificateKubeconfig(file, content, pki.authority, await pki.certificate(name, request));
    return file;
  };
  const servers = {
    beside: `https://127.0.0.1:${props.ports.api}`,
    elsewhere: `https://${props.address}:${props.ports.api}`,
  };
  const componentKubeconfig: ControlPlane["componentKubeconfig"] = (name, user, group, where = "beside") =>
    kubeconfig(name, servers[where], user, group);
  const [apiServer, controllers, adminKubeconfig] = await Promise.all([
    apiServerCommand(props, pki),
    componentKubeconfig("controller-manager", "system:kube-controller-manager"),
    kubeconfig("admin", servers.elsewhere, "admin", "system:masters"),
  ]);
  return {
    pki,
    etcd: { name: "etcd", command: etcdCommand(props) },
    apiServer: { name: "kube-apiserver", command: apiServer },
    controllerManager: { name: "kube-controller-manager", command: controllerManagerCommand(props, pki, controllers) },
    adminKubeconfig,
    componentKubeconfig,
  };
}

function etcdCommand(props: ControlPlaneProps): readonly string[] {
  const client = `http://127.0.0.1:${props.ports.etcdClient}`;
  const peer = `http://127.0.0.1:${props.ports.etcdPeer}`;
  return [
    props.tools.etcd,
    ...["--name", "farm", "--data-dir", props.etcd, "--log-level", "warn"],
    ...["--listen-client-urls", client, "--advertise-client-urls", client],
    ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", `farm=${peer}`],
    // The farm's data need not survive a power cut, and waiting for the disk makes everything slow.
    "--unsafe-no-fsync",
  ];
}

async function apiServerCommand(props: ControlPlaneProps, pki: Pki): Promise<readonly string[]> {
  const names = new Set([
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "localhost",
    ...props.hostnames,
  ]);
  const addresses = new Set(["127.0.0.1", props.address, props.serviceAddress]);
  const serverNames = [...[...names].map((name) => `DNS:${name}`), ...[...addresses].map((ip) => `IP:${ip}`)];
  const [serving, kubeletClient] = await Promise.all([
    pki.certificate("apiserver", { commonName: "kube-apiserver", serverNames }),
    pki.certificate("apiserver-kubelet", { commonName: API_SERVER_AS_KUBELET_CLIENT }),
  ]);
  const authentication = join(props.config, "authentication.yaml");
  await writeSettings(authentication, stringify(authenticationSettings(props)));
  return [
    props.tools["kube-apiserver"],
    `--bind-address=${props.bindAddress}`,
    `--advertise-address=${props.address}`,
    `--secure-port=${props.ports.api}`,
    `--etcd-servers=http://127.0.0.1:${props.ports.etcdClient}`,
    `--service-cluster-ip-range=${props.serviceRange}`,
    `--client-ca-file=${pki.authority}`,
    `--tls-cert-file=${serving.certificate}`,
    `--tls-private-key-file=${serving.key}`,
    `--kubelet-certificate-authority=${pki.authority}`,
    `--kubelet-client-certificate=${kubeletClient.certificate}`,
    `--kubelet-client-key=${kubeletClient.key}`,
    "--kubelet-preferred-address-types=InternalIP",
    // The first one signs; tokens of any of them are accepted.
    ...[...(props.issuer === undefined ? [] : [props.issuer]), OWN_ISSUER].map(
      (issuer) => `--service-account-issuer=${issuer}`,
    ),
    `--service-account-key-file=${pki.serviceAccounts.publicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccounts.privateKey}`,
    `--authentication-config=${authentication}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--profiling=false",
    ...(props.audit === true ? await auditArguments(props.config) : []),
    // Nothing to reconcile where there is no address that pods could reach.
    ...(props.podRange === undefined ? ["--endpoint-reconciler-type=none"] : []),
  ];
}

/** User that the API server is towards kubelets. */
export const API_SERVER_AS_KUBELET_CLIENT = "kube-apiserver-kubelet-client";

/** The issuer of every cluster that has not been given another name. */
const OWN_ISSUER = "https://kubernetes.default.svc";

const HEALTH = ["/livez", "/readyz", "/healthz"];

/** Where an issuer publishes its name and its signing keys; RBAC must permit it too. */
const DISCOVERY = ["/.well-known/openid-configuration", "/openid/v1/jwks"];

/** The API server's authentication: anonymous requests for these paths only, and the issuers that it trusts. */
export function authenticationSettings({
  issuer,
  authentication,
}: Pick<ControlPlaneProps, "issuer" | "authentication">): object {
  const paths = issuer === undefined ? HEALTH : [...HEALTH, ...DISCOVERY];
  return {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    ...authentication,
    anonymous: { enabled: true, conditions: paths.map((path) => ({ path })) },
  };
}

function controllerManagerCommand(props: ControlPlaneProps, pki: Pki, kubeconfig: string): readonly string[] {
  return [
    props.tools["kube-controller-manager"],
    `--kubeconfig=${kubeconfig}`,
    `--root-ca-file=${pki.authority}`,
    `--service-account-private-key-file=${pki.serviceAccounts.privateKey}`,
    "--use-service-account-credentials",
    // A quota made before Argo's kinds were discovered is counted at the next resync; by default in five minutes.
    "--resource-quota-sync-period=15s",
    "--leader-elect=false",
    // Metrics are not needed, and an open port may clash.
    "--secure-port=0",
    ...(props.podRange === undefined
      ? []
      : [
          "--allocate-node-cidrs",
          `--cluster-cidr=${props.podRange}`,
          `--node-cidr-mask-size=${props.nodePodBits ?? props.podRange.split("/")[1]}`,
        ]),
  ];
}
