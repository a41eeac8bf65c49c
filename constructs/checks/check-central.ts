import { isIPv4 } from "node:net";
import type { CentralCluster } from "../definition/central-cluster.ts";
import { parseCertificates } from "../definition/parse-certificates.ts";
import { type Problem, ProblemsError, received } from "../definition/problem.ts";

type Receivers = Pick<CentralCluster, "webhook" | "alertmanagers" | "runbook">;

/** Problems of the issuer, which every customer's API server is told. */
export function checkIssuer({ issuer }: Pick<CentralCluster, "issuer">): readonly Problem[] {
  if (issuer === undefined) {
    return [];
  }
  const url = URL.parse(issuer.url);
  const isPlain = url?.protocol === "https:" && url.username === "" && url.search === "" && url.hash === "";
  return [
    ...(isPlain && !OWN_ISSUER.test(issuer.url)
      ? []
      : [
          {
            property: "issuer.url",
            received: received(issuer.url),
            rule: "an https address that customers' API servers reach, without user, query and fragment, and that no other cluster has: kubernetes.default.svc is every cluster's own",
            fix: 'start the central API server with --service-account-issuer=https://tokens.vendor.example and write "https://tokens.vendor.example"',
          },
        ]),
    ...(issuer.ca === undefined || parseCertificates(issuer.ca) !== undefined
      ? []
      : [
          {
            property: "issuer.ca",
            received: "no certificate",
            rule: "the certificate authority of what answers at issuer.url, PEM",
            fix: "paste it with \\n for each new line, or leave it out where a public authority signed",
          },
        ]),
  ];
}

/** What clusters call themselves that were never told another name. */
const OWN_ISSUER = /^https:\/\/kubernetes\.default(\.svc(\.[a-z0-9.-]+)?)?\/?$/;

/**
 * What `central.json` says of those who are called, and of who signs tokens.
 * @throws ProblemsError with everything wrong in it
 */
export function requireCentral(central: Receivers & Pick<CentralCluster, "issuer">): void {
  const problems = [...checkIssuer(central), ...checkReceivers(central)];
  if (problems.length > 0) {
    throw new ProblemsError("central.json", problems);
  }
}

/** Problems of the receivers and of the runbook's address. */
export function checkReceivers({ webhook, alertmanagers = [], runbook }: Receivers): readonly Problem[] {
  return [
    ...(webhook === undefined ? [] : [...checkHost(webhook.host), ...checkPort(webhook.port)]),
    ...(webhook === undefined ? [] : checkAddresses("webhook.addresses", webhook.addresses)),
    ...alertmanagers.flatMap((one, index) => [
      ...checkUrl(`alertmanagers[${index}].url`, one.url, "http://alertmanager-0.alertmanager.monitoring.svc:9093"),
      ...("addresses" in one ? checkAddresses(`alertmanagers[${index}].addresses`, one.addresses) : []),
    ]),
    ...(runbook === undefined ? [] : checkUrl("runbook", runbook, "https://git.vendor.example/nights/operate.md")),
  ];
}

function checkHost(host: string): readonly Problem[] {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)) {
    return [];
  }
  const rule = "the host in the webhook's URL and nothing more: the URL itself is a secret";
  return [{ property: "webhook.host", received: received(host), rule, fix: 'write "calls.vendor.example"' }];
}

function checkPort(port: number): readonly Problem[] {
  if (Number.isInteger(port) && port > 0 && port < 65_536) {
    return [];
  }
  return [{ property: "webhook.port", received: received(port), rule: "a port, 1 to 65535", fix: "write 443" }];
}

function checkAddresses(property: string, addresses: readonly string[]): readonly Problem[] {
  if (addresses.length > 0 && addresses.every(isIPv4)) {
    return [];
  }
  const rule =
    "at least one IPv4 address: nightwatch's network policy allows exactly these, and names are looked up in them";
  return [{ property, received: received(addresses), rule, fix: "write the addresses that the host has" }];
}

function checkUrl(property: string, text: string, example: string): readonly Problem[] {
  const url = URL.parse(text);
  const isPlain = url !== null && url.username === "" && url.search === "" && url.hash === "" && !text.includes(",");
  if (isPlain && /^https?:$/.test(url.protocol)) {
    return [];
  }
  const rule = "an http or https address without user, query and fragment: it stands in manifests that many may read";
  return [{ property, received: received(text), rule, fix: `write ${received(example)}` }];
}
