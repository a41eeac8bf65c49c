import type { Alertmanager, CentralCluster } from "../definition/central-cluster.ts";
import { parseCertificates } from "../definition/parse-certificates.ts";
import { type Problem, ProblemsError, received } from "../definition/problem.ts";
import { centralForm } from "../form/central-form.ts";
import { Findings, withoutMisspelt } from "../form/form.ts";
import { checkAddresses } from "./check-addresses.ts";
import { checkPlaces } from "./check-central-places.ts";
import { isAsSent, isEverybodysOwn } from "./sent-url.ts";

type Receivers = Pick<CentralCluster, "webhook" | "alertmanagers" | "runbook">;

/** Problems with the issuer, which every customer's API server is configured with. */
export function checkIssuer({ issuer }: Pick<CentralCluster, "issuer">): readonly Problem[] {
  if (issuer === undefined) {
    return [];
  }
  const url = URL.parse(issuer.url);
  const isPlain =
    url?.protocol === "https:" &&
    url.username === "" &&
    url.search === "" &&
    url.hash === "" &&
    isAsSent(issuer.url, url) &&
    !isEverybodysOwn(url.hostname);
  return [
    ...(isPlain
      ? []
      : [
          {
            property: "issuer.url",
            received: received(issuer.url),
            rule: "an https address that customers' API servers can reach, without user, query, fragment and space, and that no other cluster has: kubernetes.default.svc means each cluster's own, and localhost the caller itself",
            fix: 'start the central API server with --service-account-issuer=https://tokens.vendor.example and write "https://tokens.vendor.example"',
          },
        ]),
    ...(issuer.ca === undefined || parseCertificates(issuer.ca) !== undefined
      ? []
      : [
          {
            property: "issuer.ca",
            received: "no certificate",
            rule: "the certificate authority of the server at issuer.url, PEM",
            fix: "paste it with \\n for each line break, or leave it out where a public authority signed the certificate",
          },
        ]),
  ];
}

/**
 * What `central.json` declares about the central cluster, the people who are called, and the issuer of tokens.
 * @throws ProblemsError with everything wrong in it
 */
export function requireCentral(content: object): CentralCluster {
  const central = content as CentralCluster;
  const problems = checkCentral(central);
  if (problems.length > 0) {
    throw new ProblemsError("central.json", problems);
  }
  return central;
}

/** Everything wrong in `central.json`; for a value of the wrong kind, only that. */
export function checkCentral(central: CentralCluster): readonly Problem[] {
  const findings = new Findings();
  centralForm.inspect(central, "", findings);
  const wrong = withoutMisspelt(findings);
  const checked = findings.wrong.length > 0 ? [] : [checkPlaces, checkIssuer, checkReceivers];
  return [...wrong, ...findings.unknown, ...checked.flatMap((check) => check(central))];
}

/** Problems with the receivers and the runbook's address. */
export function checkReceivers({ webhook, alertmanagers = [], runbook }: Receivers): readonly Problem[] {
  return [
    ...(webhook === undefined ? [] : [...checkHost(webhook.host), ...checkPort(webhook.port)]),
    ...(webhook === undefined ? [] : checkAddresses("webhook.addresses", webhook.addresses, BEHIND_A_HOST)),
    ...alertmanagers.flatMap((one, index) => [
      ...checkUrl(`alertmanagers[${index}].url`, one.url, "http://alertmanager-0.alertmanager.monitoring.svc:9093"),
      ...checkReach(`alertmanagers[${index}]`, one),
    ]),
    ...(runbook === undefined ? [] : checkUrl("runbook", runbook, "https://git.vendor.example/nights/operate.md")),
  ];
}

/** The addresses behind a receiver's host. */
const BEHIND_A_HOST = {
  rule: "at least one IPv4 address: nightwatch's network policy allows exactly these, and resolves the name from them",
  fix: "write the host's addresses",
};

/** By addresses or by a namespace: the network policy needs one of them. */
function checkReach(property: string, one: Alertmanager): readonly Problem[] {
  const ways = ["addresses", "namespace"].filter((way) => way in one);
  if (ways.length !== 1) {
    const rule = "addresses of a replica outside this cluster, or the namespace of one inside: one of the two";
    const fix = 'write "addresses": ["10.64.0.30"], or "namespace": "monitoring"';
    return [{ property, received: ways.join(" and ") || "neither", rule, fix }];
  }
  return "addresses" in one ? checkAddresses(`${property}.addresses`, one.addresses, BEHIND_A_HOST) : [];
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

function checkUrl(property: string, text: string, example: string): readonly Problem[] {
  const url = URL.parse(text);
  const isPlain = url !== null && url.username === "" && url.search === "" && url.hash === "" && !text.includes(",");
  if (isPlain && /^https?:$/.test(url.protocol) && isAsSent(text, url)) {
    return [];
  }
  const rule =
    "an http or https address without user, query, fragment and space: it is in manifests that many may read";
  return [{ property, received: received(text), rule, fix: `write ${received(example)}` }];
}
