import { isIPv4 } from "node:net";
import type { CentralCluster } from "../definition/central-cluster.ts";
import { type Problem, received } from "../definition/problem.ts";
import { DNS_LABEL, isDnsLabel } from "../kubernetes/names.ts";

type Places = Pick<
  CentralCluster,
  "apiServer" | "podRange" | "serviceRange" | "nodeRange" | "monitoring" | "alertmanagers"
>;

/** Namespaces of lanes, in which what is called or collects metrics would be a customer's. */
const LANE = /^customer-/;

/** Problems of where the central cluster is, and of the namespaces that are no lanes. */
export function checkPlaces(central: Places): readonly Problem[] {
  const { apiServer, monitoring, alertmanagers = [] } = central;
  return [
    ...checkEndpoint(apiServer),
    ...(["podRange", "serviceRange", "nodeRange"] as const).flatMap((property) =>
      checkRange(property, central[property]),
    ),
    ...(monitoring === undefined ? [] : checkNamespace("monitoring.namespace", monitoring.namespace)),
    ...alertmanagers.flatMap((one, index) =>
      "namespace" in one ? checkNamespace(`alertmanagers[${index}].namespace`, one.namespace) : [],
    ),
  ];
}

function checkEndpoint({ address, port }: CentralCluster["apiServer"]): readonly Problem[] {
  const problems: Problem[] = [];
  if (!isIPv4(address)) {
    problems.push({
      property: "apiServer.address",
      received: received(address),
      rule: "the IPv4 address of the API server itself, as `kubectl get endpoints kubernetes` has it: lanes may reach this one and ask no DNS",
      fix: 'write "10.64.0.10"',
    });
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    problems.push({
      property: "apiServer.port",
      received: received(port),
      rule: "a port, 1 to 65535: the one of the endpoint, not of the Service",
      fix: "write 6443",
    });
  }
  return problems;
}

function checkRange(property: string, range: string): readonly Problem[] {
  const [network = "", bits = "", ...more] = range.split("/");
  const length = /^\d{1,2}$/.test(bits) ? Number(bits) : Number.NaN;
  if (more.length === 0 && isIPv4(network) && length >= 8 && length <= 32 && startOf(network, length) === network) {
    return [];
  }
  const start =
    isIPv4(network) && length >= 8 && length <= 32 ? `${startOf(network, length)}/${length}` : "10.60.0.0/16";
  return [
    {
      property,
      received: received(range),
      rule: "an IPv4 range of 8 to 32 bits by its first address: no customer's address may lie in it",
      fix: `write ${JSON.stringify(start)}`,
    },
  ];
}

/** First address of the range in which an address lies. */
function startOf(address: string, bits: number): string {
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  const first = Math.floor(number / size) * size;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
}

function checkNamespace(property: string, namespace: string): readonly Problem[] {
  if (isDnsLabel(namespace) && !LANE.test(namespace)) {
    return [];
  }
  return [
    {
      property,
      received: received(namespace),
      rule: `a namespace that is no lane, since the policies of lanes leave it out: ${DNS_LABEL}, not beginning with customer-`,
      fix: 'write "monitoring"',
    },
  ];
}
