import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { ARGOCD_SERVICE_ACCOUNT } from "../customer-side/argo-cd-identity.ts";
import { NIGHTLANE_SERVICE_ACCOUNT } from "../customer-side/customer-side.ts";
import { APPS_KUBECONFIG } from "../definition/credential-reference.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { parseCertificates } from "../definition/parse-certificates.ts";
import { mistake, type Problem, received } from "../definition/problem.ts";
import { FEDERATED_TOKEN } from "../lane/federation.ts";
import { kubeconfigEnds, nearEnds } from "./credential-ends.ts";

/** Names a PEM file whose CA replaces the definition's, since the farm creates new CAs for its clusters. */
export const CA_OVERRIDE = "NIGHTLANE_CUSTOMER_CA_FILE";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks a customer's kubeconfig before it is used: one context, https to the declared server under the declared CA,
 * and nothing in it that runs a program, reads a file or goes another way. Problems never quote a secret.
 * @param now When it is to be used, in milliseconds: a credential that ends soon is refused.
 */
export function checkKubeconfig(
  text: string,
  definition: CustomerDefinition,
  credential = "kubeconfig",
  now = Date.now(),
): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, shown: string, rule: string, fix: string): void => {
    problems.push({ property: `credentials.${credential}: ${path}`, received: shown, rule, fix });
  };
  const config = parseFields(text);
  if (config === undefined) {
    add("(file)", "no YAML mapping", "a kubeconfig", "kubectl config view --raw --minify --flatten > <file>");
    return problems;
  }
  const contexts = list(config.contexts);
  const clusters = list(config.clusters);
  const users = list(config.users);
  for (const [name, entries] of Object.entries({ contexts, clusters, users })) {
    if (entries.length !== 1) {
      add(
        name,
        `${entries.length} entries`,
        "exactly one, so that no other cluster or user can be meant",
        "kubectl config view --raw --minify --flatten",
      );
    }
  }
  const context = fields(contexts[0]?.context);
  if (
    config["current-context"] !== contexts[0]?.name ||
    context.cluster !== clusters[0]?.name ||
    context.user !== users[0]?.name
  ) {
    add(
      "current-context",
      received(config["current-context"]),
      "the one context, of the one cluster and the one user",
      "kubectl config view --raw --minify --flatten",
    );
  }
  checkClusterEntry(fields(clusters[0]?.cluster), definition, add);
  const account = credential === APPS_KUBECONFIG ? ARGOCD_SERVICE_ACCOUNT : NIGHTLANE_SERVICE_ACCOUNT;
  checkUser(fields(users[0]?.user), `issue a token for the service account ${account}`, add);
  if (problems.length === 0) {
    for (const { place, received: shown, rule } of nearEnds(kubeconfigEnds(text), now)) {
      add(place, shown, rule, `issue a new one for the service account ${account}, as described in docs/deploy.md`);
    }
  }
  return problems;
}

/**
 * The kubeconfig of a federated customer: no secret is in it, since the runner's token is in a file beside it.
 * @throws UserError where the file that replaces the definition's CA cannot be read
 */
export function federatedKubeconfig(definition: CustomerDefinition): string {
  const { name, cluster } = definition;
  const authority = Buffer.from(expectedCa(definition)).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: "lane", namespace: cluster.namespace } }],
    clusters: [{ name, cluster: { server: cluster.server, "certificate-authority-data": authority } }],
    users: [{ name: "lane", user: { tokenFile: FEDERATED_TOKEN } }],
  });
}

/** What to do instead of settings that other clients support. */
const INSTEAD: Readonly<Record<string, string>> = {
  "tls-server-name":
    "write that name as the server, here and in cluster.server: the lane goes to cluster.address whatever the name",
  "proxy-url": "remove it; a proxy of this customer's own is cluster.proxy in its file",
};

type Add = (path: string, shown: string, rule: string, fix: string) => void;

function checkClusterEntry(cluster: Fields, definition: CustomerDefinition, add: Add): void {
  const expected = definition.cluster.server;
  if (typeof cluster.server !== "string" || new URL(expected).href !== hrefOf(cluster.server)) {
    add(
      "clusters[0].cluster.server",
      shownServer(cluster.server),
      `the server of the definition, ${expected}: a credential for another cluster must not come here`,
      "use this customer's kubeconfig, or correct cluster.server",
    );
  }
  const allowed = ["server", "certificate-authority-data"];
  for (const name of Object.keys(cluster).filter((key) => !allowed.includes(key))) {
    const rule = "not set: the connection goes directly to the server and trusts only the inline CA";
    add(`clusters[0].cluster.${name}`, name, rule, INSTEAD[name] ?? `remove ${name}; use certificate-authority-data`);
  }
  const data = cluster["certificate-authority-data"];
  const authority = typeof data === "string" ? fingerprints(Buffer.from(data, "base64").toString()) : undefined;
  if (authority === undefined) {
    add(
      "clusters[0].cluster.certificate-authority-data",
      typeof data === "string" ? "no certificate" : "nothing",
      "an inline CA, base64 of PEM",
      "kubectl config view --raw --minify --flatten",
    );
  } else if (authority !== fingerprints(expectedCa(definition))) {
    add(
      "clusters[0].cluster.certificate-authority-data",
      `SHA-256 ${authority}`,
      "the CA of the definition (cluster.ca) and no other",
      "paste the new CA into cluster.ca if it was renewed",
    );
  }
}

function checkUser(user: Fields, fix: string, add: Add): void {
  const allowed = ["token", "client-certificate-data", "client-key-data"];
  for (const name of Object.keys(user).filter((key) => !allowed.includes(key))) {
    add(
      `users[0].user.${name}`,
      name,
      "a bearer token or an inline client certificate: nothing that runs a program, reads a file, impersonates or asks for a password",
      fix,
    );
  }
  const hasToken = typeof user.token === "string" && user.token !== "";
  const hasCertificate = "client-certificate-data" in user || "client-key-data" in user;
  if (hasToken === hasCertificate) {
    const shown = hasToken ? "a token and a client certificate" : "no token and no client certificate";
    add("users[0].user", shown, "exactly one of the two, so that Nightlane's identity there is unambiguous", fix);
  } else if (hasToken && !/^[!-~]+$/.test(`${user.token}`)) {
    add("users[0].user.token", "a value", "printable ASCII without white space, on one line", fix);
  } else if (hasCertificate && !(isCertificate(user["client-certificate-data"]) && isFilled(user["client-key-data"]))) {
    const rule = "an inline client certificate and its key, each base64 of PEM";
    add("users[0].user.client-certificate-data", "no certificate and key", rule, fix);
  }
}

function isCertificate(data: unknown): boolean {
  return typeof data === "string" && parseCertificates(Buffer.from(data, "base64").toString()) !== undefined;
}

function isFilled(data: unknown): boolean {
  return typeof data === "string" && data !== "";
}

function expectedCa(definition: CustomerDefinition): string {
  const override = process.env[CA_OVERRIDE];
  if (override === undefined) {
    return definition.cluster.ca;
  }
  try {
    return readFileSync(override, "utf8");
  } catch {
    throw mistake(
      `${CA_OVERRIDE}: received ${received(override)}`,
      "the path of a PEM file",
      "unset it, or name the CA of the farm's cluster",
    );
  }
}

/** SHA-256 of every certificate in the file: an extra one would be trusted as well. */
function fingerprints(pem: string): string | undefined {
  return parseCertificates(pem)
    ?.map((certificate) => certificate.fingerprint256)
    .sort()
    .join(", ");
}

/** The server's host and port only: anything else in it could be a password. */
function shownServer(server: unknown): string {
  const url = typeof server === "string" && URL.canParse(server) ? new URL(server) : undefined;
  return url === undefined ? `no URL` : received(`${url.protocol}//${url.host}`);
}

function hrefOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).href : undefined;
}

function parseFields(text: string): Fields | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}
