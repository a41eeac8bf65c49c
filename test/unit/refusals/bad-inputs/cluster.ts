import { certificate } from "../../../support/certificates.ts";
import { type BadInput, capacity, each, NO_CPU, NO_SIZE, otherThan, SECRET } from "./bad-input.ts";

/** A cluster with these proxies instead of an address. */
function proxied(property: string, proxies: readonly string[]): readonly BadInput[] {
  return proxies.map((proxy) => ({ places: { address: "", moreCluster: `proxy: ${proxy}` }, property }));
}

/** The customer's cluster and the way to it. */
export const cluster: readonly BadInput[] = [
  ...each("cluster", "cluster", ["", ...otherThan("{}")]),
  ...each("cluster", "cluster.server", ["{}"]),
  ...each("server", "cluster.server", [
    "",
    '"http://x.example"',
    '"https://k8s_prod.badbank.example:6443"',
    '"https://k8s.badbank.example.:6443"',
    '"https://rancher.badbank.example/k8s/clusters/c-m-abc123?x"',
    '"https://k8s.badbank.example:99999"',
    `"https://admin:${SECRET}@k8s.badbank.example:6443"`,
    `"https://k8s.badbank.example:6443/?token=${SECRET}"`,
    `"https://k8s.badbank.example:6443/#${SECRET}"`,
    '"https://localhost:6443"',
    '"https://kubernetes.default:6443"',
    '"https://10.1.2.3:6443"',
    ...otherThan(),
  ]),
  ...each("address", "cluster.address", [
    "",
    '"10.64.99"',
    '"127.0.0.1"',
    '"2001:db8::/64"',
    '"fe80::1"',
    "[]",
    '["10.65.0.1", "10.65.0.1"]',
    '"k8s.badbank.example"',
    ...otherThan(),
  ]),
  {
    places: { moreCluster: 'proxy: { address: "10.65.0.9", port: 3128 }' },
    property: "cluster.address",
    elsewhere: true,
  },
  ...proxied("cluster.proxy", otherThan("{}")),
  ...proxied("cluster.proxy.address", [
    "{}",
    "{ port: 3128 }",
    ...otherThan().map((address) => `{ address: ${address}, port: 3128 }`),
    '{ address: "proxy.badbank.example", port: 3128 }',
    '{ address: "10.65.0.9/32", port: 3128 }',
    '{ address: "169.254.169.254", port: 3128 }',
    '{ address: "10.64.0.10", port: 3128 }',
    '{ address: ["10.65.0.9", "10.65.0.8"], port: 3128 }',
  ]),
  ...proxied("cluster.proxy.port", [
    '{ address: "10.65.0.9" }',
    ...otherThan("42").map((port) => `{ address: "10.65.0.9", port: ${port} }`),
    ...["0", "-1", "65536", "3128.5", "Infinity", '"3128"'].map((port) => `{ address: "10.65.0.9", port: ${port} }`),
  ]),
  ...proxied("cluster.proxy.password", [`{ address: "10.65.0.9", port: 3128, password: "${SECRET}" }`]),
  ...proxied("cluster.proxy.url", [`{ address: "10.65.0.9", port: 3128, url: "http://us:${SECRET}@proxy.example" }`]),
  ...proxied("cluster.proxy", [`"http://us:${SECRET}@10.65.0.9:3128"`]),
  ...["https://127.0.0.1:6443", "https://localhost:6443"].map((server) => ({
    places: { server: `"${server}"`, address: "", moreCluster: 'proxy: { address: "10.65.0.9", port: 3128 }' },
    property: "cluster.server",
  })),
  ...each("moreCluster", "cluster.proxyUrl", [`proxyUrl: "http://us:${SECRET}@10.65.0.9:3128"`]),
  ...each("ca", "cluster.ca", [
    "",
    '"/etc/ca.crt"',
    `\`-----BEGIN PRIVATE KEY-----\\n${SECRET}\\n-----END PRIVATE KEY-----\``,
    `\`${certificate("valid")}-----BEGIN EC PRIVATE KEY-----\\n${SECRET}\``,
    ...otherThan(),
  ]),
  ...each("capacity", "cluster.capacity", ["", ...otherThan("{}")]),
  ...NO_CPU.map((cpu) => ({
    places: { capacity: `{ cpu: ${cpu}, memory: Size.gibibytes(64) }` },
    property: "cluster.capacity.cpu",
  })),
  ...NO_SIZE.map((size) => ({
    places: { capacity: `{ cpu: Cpu.units(16), memory: ${size} }` },
    property: "cluster.capacity.memory",
  })),
  ...each("capacity", "cluster.capacity.cpu", [
    "{ memory: Size.gibibytes(64) }",
    "{ cpu: Cpu.units(0), memory: Size.gibibytes(64) }",
  ]),
  ...each("capacity", "cluster.capacity.cores", [capacity.replace("{", "{ cores: 4,")]),
  ...each("moreCluster", "cluster.namespace", [
    'namespace: "default"',
    'namespace: "kube-system"',
    "namespace: 7",
    'namespace: "Risk!"',
  ]),
  ...each("moreCluster", "cluster.resultsStorageClass", ['resultsStorageClass: "My Class!"', "resultsStorageClass: 1"]),
  ...each("moreCluster", "cluster.resultsSize", ['resultsSize: "20Gi"', "resultsSize: Size.gibibytes(0)"]),
  ...each("moreCluster", "cluster.namespce", ['namespce: "risk"']),
  ...each("moreCluster", "cluster.serverName", ['serverName: "k8s"']),
];
