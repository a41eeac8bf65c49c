import type { VersionInfo } from "@kubernetes/client-node";
import { proxyUrl } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { isFederated } from "../../constructs/lane/federation.ts";
import { type ApiFailure, apiFailure } from "./api-failure.ts";
import type { CustomerApi } from "./customer-api.ts";
import { bad, type Finding, good } from "./finding.ts";

/**
 * The first Kubernetes in which a Job replaces its pod only when that has finally ended, which keeps a driver from
 * running twice: podReplacementPolicy, on by default since 1.29.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-replacement-policy
 */
const LEAST_MINOR = 29;

/** What was seen of an API server at one of its addresses. */
export interface Connection {
  readonly finding: Finding;
  /** Its version; absent where it does not answer as it should. */
  readonly version?: VersionInfo;
}

/** Whether the API server answers at an address, and is the declared one. Where it does not, nothing else can be seen. */
export async function lookAtConnection(
  api: CustomerApi,
  definition: CustomerDefinition,
  address: string,
): Promise<Connection> {
  const { cluster } = definition;
  const way = proxyUrl(cluster);
  const at = `${cluster.server} ${way === undefined ? `at ${address}` : `through ${way}`}`;
  try {
    const version = await api.version.getCode();
    return { finding: good("API server", `${at} answers, and is the one of cluster.ca`), version };
  } catch (error) {
    const failure = apiFailure(error);
    return { finding: failure.status === 401 ? notKnown(at, failure, definition) : noConnection(at, failure, cluster) };
  }
}

/** Whether it is new enough. */
export function lookAtVersion({ major, minor, gitVersion }: VersionInfo): Finding {
  return Number(major) > 1 || Number.parseInt(minor, 10) >= LEAST_MINOR
    ? good("version", gitVersion)
    : bad(
        "version",
        gitVersion,
        "the customer's administrator",
        `Kubernetes 1.${LEAST_MINOR} or newer: older ones start a driver again while its old pod may still run`,
        "upgrade the cluster before its first night",
      );
}

function notKnown(at: string, { reason }: ApiFailure, definition: CustomerDefinition): Finding {
  const [rule, fix] = isFederated(definition)
    ? [
        "the API server accepts tokens of the central cluster's issuer for this customer, and can reach that issuer",
        `start it with dist/${definition.name}/api-server/authentication.yaml; its own log states why it refuses a token`,
      ]
    : [
        "the token or certificate of the service account nightlane, valid now",
        "issue a new one, as described in docs/deploy.md, and give it to the platform engineers",
      ];
  return bad(
    "API server",
    `${at} does not accept Nightlane's credential (${reason})`,
    "the customer's administrator",
    rule,
    fix,
  );
}

function noConnection(
  at: string,
  { status, code = "", reason }: ApiFailure,
  { proxy }: CustomerDefinition["cluster"],
): Finding {
  const look = "API server";
  const way = proxy === undefined ? "cluster.address" : "cluster.proxy";
  if (status !== undefined) {
    return bad(
      look,
      `${at} answers HTTP ${status}: ${reason}`,
      "the customer's administrator",
      "an API server that reports its version to any signed-in user",
      "check what is in front of it: a proxy, or an API server that does not work",
    );
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return bad(
      look,
      `the server at ${at} has a certificate for another name: ${reason}`,
      "the platform engineers",
      "cluster.server is a name in the API server's certificate",
      `ask the customer for the name, and correct cluster.server or ${way}`,
    );
  }
  if (/CERT|VERIFY|SIGNED|ISSUER|SSL|TLS|EPROTO/.test(code)) {
    return bad(
      look,
      `the server at ${at} is not trusted: ${reason} (${code})`,
      "the platform engineers",
      "cluster.ca is the authority that signed the API server's certificate, and the address is the customer's",
      "ask the customer for the authority's certificate, and compare its fingerprint by another way",
    );
  }
  return bad(
    look,
    `nothing answers at ${at}: ${reason}`,
    "the customer's network team",
    proxy === undefined
      ? "the central cluster reaches the API server's address and port"
      : "the central cluster reaches the proxy, which connects it to cluster.server",
    `allow the central cluster's outgoing addresses, or correct ${way}`,
  );
}
