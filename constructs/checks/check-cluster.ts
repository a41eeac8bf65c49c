import { isIP } from "node:net";
import { addressesOf } from "../definition/api-server.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { parseCertificates } from "../definition/parse-certificates.ts";
import { type Problem, received } from "../definition/problem.ts";
import { allSound, type Sound } from "../form/form.ts";
import { DNS_NAME, isDnsName } from "../kubernetes/names.ts";
import { mebibytes, millicores } from "../night/amounts.ts";
import { centralCluster } from "./read-central.ts";
import { addressRule, liesIn } from "./usable-address.ts";

type Cluster = CustomerDefinition["cluster"];

/** How many addresses of one server a runner tries. */
const MOST_ADDRESSES = 8;

/** No path, or the path of one cluster behind a server of several. */
const PATH = /^(\/|(\/[A-Za-z0-9._~-]+)+)$/;

/** The customer's cluster: where its API server is and how it is authenticated. */
export function checkCluster(cluster: Cluster, sound: Sound = allSound): readonly Problem[] {
  return [
    ...(sound("cluster.server") ? checkServer(cluster.server) : []),
    ...(sound("cluster.address", "cluster.proxy") ? checkWay(cluster) : []),
    ...(sound("cluster.ca") ? checkCertificateAuthority(cluster.ca, "cluster.ca") : []),
    ...(sound("cluster.namespace") ? checkNamespace(cluster.namespace) : []),
    ...checkSizes(cluster, sound),
    ...(sound("cluster.resultsStorageClass")
      ? checkStorageClass(cluster.resultsStorageClass, "cluster.resultsStorageClass")
      : []),
  ];
}

function checkServer(server: string): readonly Problem[] {
  const property = "cluster.server";
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const isBare =
    url !== undefined &&
    PATH.test(url.pathname) &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    url.password === "";
  if (url?.protocol !== "https:" || !isBare) {
    const rule =
      "an https URL of host and port, at most with the path of one cluster (/k8s/clusters/c-m-abc), and nothing more: the credential travels on it";
    return [{ property, received: received(server), rule, fix: proposal(server, url) }];
  }
  if (!server.toLowerCase().startsWith(`https://${url.hostname}`) || server.trim() !== server || url.port === "0") {
    const rule = "a URL exactly as it is sent: its host in ASCII, a port from 1 to 65535, and no space around it";
    return [{ property, received: received(server), rule, fix: proposal(server, url) }];
  }
  if (!isDnsName(url.hostname) && !url.hostname.startsWith("[")) {
    const rule = `a host name that pods can use: ${DNS_NAME}`;
    const whole = url.hostname.replace(/\.$/, "");
    const fix = isDnsName(whole)
      ? `write ${received(server.replace(url.hostname, whole))}`
      : "write another name of the API server's certificate";
    return [{ property, received: received(server), rule, fix }];
  }
  return [];
}

/** What to write instead; it never leads to a different server. */
function proposal(server: string, url: URL | undefined): string {
  const [, host = "", port = ""] = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^/:?#\s]+)(?::(\d+))?/i.exec(server) ?? [];
  const known =
    (url?.port === "0" ? "" : url?.host) ||
    (isDnsName(host.toLowerCase())
      ? `${host.toLowerCase()}:${Number(port) > 0 && Number(port) < 65536 ? port : 6443}`
      : "");
  const path = url?.pathname.replace(/\/+$/, "") ?? "";
  return `write ${received(`https://${known || "k8s.<customer>.example:6443"}${PATH.test(path) ? path : ""}`)}`;
}

/** Only the cluster knows its storage classes; only the name's form can be checked here. */
export function checkStorageClass(name: string | undefined, property: string): readonly Problem[] {
  if (name === undefined || isDnsName(name)) {
    return [];
  }
  const rule = `the name of a StorageClass: ${DNS_NAME}`;
  return [{ property, received: received(name), rule, fix: "write one that kubectl get storageclass shows" }];
}

/** There is one way to the API server: direct, or through a proxy. */
function checkWay(cluster: Cluster): readonly Problem[] {
  const { address, proxy } = cluster;
  if (proxy !== undefined) {
    const rule =
      "left out where there is a proxy: the lane reaches only the proxy, which resolves the name of cluster.server";
    const both = { property: "cluster.address", received: received(address), rule, fix: "remove it, or the proxy" };
    return [...(address === undefined ? [] : [both]), ...checkProxy(proxy)];
  }
  if (address === undefined) {
    const rule = "the address of the customer's API server, or a proxy that leads there: a lane resolves no names";
    const fix = 'write for instance "10.64.1.10", as the central cluster\'s nodes see it';
    return [{ property: "cluster.address", received: "nothing", rule, fix }];
  }
  return checkAddresses(cluster, address);
}

function checkProxy({ address, port }: NonNullable<Cluster["proxy"]>): readonly Problem[] {
  const isPort = Number.isInteger(port) && port > 0 && port < 65536;
  const rule = "a port from 1 to 65535";
  return [
    ...checkAddress("cluster.proxy.address", address, "proxy"),
    ...(isPort
      ? []
      : [{ property: "cluster.proxy.port", received: received(port), rule, fix: "write for instance 3128" }]),
  ];
}

function checkAddresses(cluster: Cluster, address: NonNullable<Cluster["address"]>): readonly Problem[] {
  const addresses = addressesOf(cluster);
  const property = "cluster.address";
  if (addresses.length === 0 || addresses.length > MOST_ADDRESSES) {
    const rule = `1 to ${MOST_ADDRESSES} addresses: a runner tries one after the other, 5 seconds each`;
    const fix = "write those of the customer's API server, as the central cluster's nodes see it";
    return [{ property, received: `${addresses.length} addresses`, rule, fix }];
  }
  const twice = addresses.filter((address, index) => addresses.indexOf(address) !== index);
  return [
    ...twice.map((address) => ({
      property,
      received: `${received(address)} twice`,
      rule: "each address once",
      fix: "remove one of them",
    })),
    ...(typeof address === "string"
      ? checkAddress(property, address, "API server")
      : address.flatMap((one, index) => checkAddress(`${property}[${index}]`, one, "API server"))),
  ];
}

function checkAddress(property: string, address: string, whose: "API server" | "proxy"): readonly Problem[] {
  const fix = `write the address of the customer's ${whose}, as the central cluster's nodes see it`;
  if (isIP(address) === 0 || address.includes("%")) {
    const rule = "an IPv4 or IPv6 address: the lane's network policy allows exactly it, and a lane resolves no names";
    return [{ property, received: received(address), rule, fix }];
  }
  const unusable = addressRule(address);
  if (unusable !== undefined) {
    return [{ property, received: received(address), rule: unusable, fix }];
  }
  const range = rangeOfCentralCluster(address);
  if (range !== undefined) {
    const rule = `outside the central cluster's own ranges (${range}): the lane could reach other lanes or the nodes`;
    return [{ property, received: received(address), rule, fix }];
  }
  return [];
}

/** The range of `central.json` that contains an address, as messages name it. */
function rangeOfCentralCluster(address: string): string | undefined {
  const central = centralCluster();
  const name = (["podRange", "serviceRange", "nodeRange"] as const).find((one) => liesIn(address, central[one]));
  return name === undefined ? undefined : `${name} ${central[name]}`;
}

/** Every certificate must be PEM, and an authority; whether it is valid today is up to the customer's own deployment. */
export function checkCertificateAuthority(ca: string, property: string): readonly Problem[] {
  const fix =
    "paste the CA's certificate: kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d";
  const certificates = parseCertificates(ca);
  if (certificates === undefined) {
    const rule = "a certificate in PEM and nothing else, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";
    // Whatever file it was read from, none of its content is shown.
    const isFile = ca.includes("\n") && !ca.includes("-----BEGIN ");
    const shown = isFile ? `a text of ${ca.length} characters without a certificate` : received(ca);
    return [{ property, received: shown, rule, fix }];
  }
  return certificates
    .filter(({ ca }) => !ca)
    .map(({ subject }) => ({
      property,
      received: received(subject),
      rule: "a certificate authority (basicConstraints CA:TRUE), not a server's certificate",
      fix,
    }));
}

function checkNamespace(namespace: string): readonly Problem[] {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace) && !/^(kube-.*|default)$/.test(namespace)) {
    return [];
  }
  return [
    {
      property: "cluster.namespace",
      received: received(namespace),
      rule: "a separate namespace (DNS label), neither default nor one of Kubernetes' own",
      fix: 'write "risk"',
    },
  ];
}

function checkSizes(cluster: Cluster, sound: Sound): readonly Problem[] {
  const sizes: readonly [string, () => number, string][] = [
    ["cluster.capacity.cpu", () => millicores(cluster.capacity.cpu), "Cpu.units(32)"],
    ["cluster.capacity.memory", () => mebibytes(cluster.capacity.memory), "Size.gibibytes(128)"],
    ["cluster.resultsSize", () => mebibytes(cluster.resultsSize), "Size.gibibytes(100)"],
  ];
  return sizes
    .filter(([property, amount]) => sound(property) && !(amount() > 0))
    .map(([property, amount, example]) => ({
      property,
      received: received(amount()),
      rule: "more than zero",
      fix: `write what the cluster has, for instance ${example}`,
    }));
}
