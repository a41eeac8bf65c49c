import { isIPv4 } from "node:net";
import { type CentralCluster, centralAddresses } from "../definition/central-cluster.ts";
import { type Problem, received } from "../definition/problem.ts";
import { DNS_LABEL, isDnsLabel } from "../kubernetes/names.ts";
import { checkAddresses } from "./check-addresses.ts";
import { liesIn } from "./usable-address.ts";

type Places = Pick<
  CentralCluster,
  "apiServer" | "podRange" | "serviceRange" | "nodeRange" | "monitoring" | "alertmanagers"
>;

/** Namespaces of lanes: receivers of calls or monitoring in one of them would be a customer's. */
const LANE = /^customer-/;

const RANGES = ["podRange", "serviceRange", "nodeRange"] as const;

/** Problems with the central cluster's addresses, and with the namespaces that are not lanes. */
export function checkPlaces(central: Places): readonly Problem[] {
  const { monitoring, alertmanagers = [] } = central;
  const ranges = RANGES.flatMap((property) => checkRange(property, central[property]));
  return [
    ...checkServer(central),
    ...ranges,
    ...(ranges.length > 0 ? [] : [...checkApart(central), ...checkServerApart(central)]),
    ...(monitoring === undefined ? [] : checkNamespace("monitoring.namespace", monitoring.namespace)),
    ...alertmanagers.flatMap((one, index) =>
      "namespace" in one ? checkNamespace(`alertmanagers[${index}].namespace`, one.namespace) : [],
    ),
  ];
}

function checkServer({ apiServer }: Places): readonly Problem[] {
  const { address, port } = apiServer;
  const problems = checkAddresses("apiServer.address", address, {
    rule: "the IPv4 addresses of the API server itself, as `kubectl get endpoints kubernetes` shows them: lanes connect to these and use no DNS",
    fix: 'write "10.64.0.10", or ["10.64.0.10", "10.64.0.11"] where there are several machines',
  });
  if (Number.isInteger(port) && port > 0 && port < 65_536) {
    return problems;
  }
  const rule = "a port, 1 to 65535: the one of the endpoint, not of the Service";
  return [...problems, { property: "apiServer.port", received: received(port), rule, fix: "write 6443" }];
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
      rule: "an IPv4 range of 8 to 32 bits, given by its first address: no customer's address may be in it",
      fix: `write ${JSON.stringify(start)}`,
    },
  ];
}

/** The Services' range overlaps no other; pods may have addresses of the nodes' network, as with EKS and AKS. */
function checkApart(central: Places): readonly Problem[] {
  const { serviceRange } = central;
  return (["podRange", "nodeRange"] as const)
    .filter((property) => meet(central[property], serviceRange))
    .map((property) => ({
      property: "serviceRange",
      received: `${received(serviceRange)}, which overlaps ${property} ${central[property]}`,
      rule: "a range separate from those of pods and nodes: no pod and no node has the address of a Service",
      fix: "write the value of the central API server's --service-cluster-ip-range",
    }));
}

/** Two ranges overlap where one begins within the other. */
function meet(one: string, other: string): boolean {
  const first = (range: string): string => range.split("/")[0] ?? "";
  return liesIn(first(one), other) || liesIn(first(other), one);
}

/** The API server's address is not one of a Service, nor of a pod unless pods have addresses of the nodes' network. */
function checkServerApart(central: Places): readonly Problem[] {
  const { podRange, serviceRange, nodeRange } = central;
  return centralAddresses(central)
    .filter(isIPv4)
    .flatMap((address) => {
      const isPod = liesIn(address, podRange) && !liesIn(address, nodeRange);
      const range = liesIn(address, serviceRange)
        ? `serviceRange ${serviceRange}`
        : isPod
          ? `podRange ${podRange}`
          : "";
      if (range === "") {
        return [];
      }
      const rule =
        "an address of the API server's own machines, not of its Service or of a pod: policies see the one behind the Service";
      const fix = "write what kubectl get endpoints kubernetes shows";
      return [{ property: "apiServer.address", received: `${received(address)}, of ${range}`, rule, fix }];
    });
}

/** First address of the range that contains an address. */
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
      rule: `a namespace that is not a lane, since the lanes' policies leave it out: ${DNS_LABEL}, not beginning with customer-`,
      fix: 'write "monitoring"',
    },
  ];
}
