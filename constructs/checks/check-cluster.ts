import { X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";
import type { CustomerDefinition } from "../customer-definition.ts";
import { mebibytes, millicores } from "../night/spark-resources.ts";
import { type Problem, received } from "../problem.ts";

type Cluster = CustomerDefinition["cluster"];

/** The customer's cluster: where its API server is and how it proves itself. */
export function checkCluster(cluster: Cluster): readonly Problem[] {
  return [
    ...checkServer(cluster.server),
    ...checkAddress(cluster.address),
    ...checkCertificateAuthority(cluster.ca, "cluster.ca"),
    ...checkNamespace(cluster.namespace),
    ...checkSizes(cluster),
  ];
}

function checkServer(server: string): readonly Problem[] {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (
    url?.protocol === "https:" &&
    url.pathname === "/" &&
    url.search === "" &&
    url.username === "" &&
    url.hash === ""
  ) {
    return [];
  }
  return [
    {
      property: "cluster.server",
      received: received(server),
      rule: "an https URL of host and port and nothing more: the credential travels on it",
      mend: `write ${received(`https://${url?.host || "k8s.<customer>.example:6443"}`)}`,
    },
  ];
}

function checkAddress(address: string): readonly Problem[] {
  const property = "cluster.address";
  const mend = "write the IPv4 address of the customer's API server, as the central cluster's nodes see it";
  if (!isIPv4(address)) {
    return [
      {
        property,
        received: received(address),
        rule: "one IPv4 address: the lane's network policy allows exactly it",
        mend,
      },
    ];
  }
  if (/^(127\.|169\.254\.|0\.|22[4-9]\.|2[3-5]\d\.)/.test(address)) {
    const rule = "not a loopback, link-local, multicast or unspecified address: that would be the central node itself";
    return [{ property, received: received(address), rule, mend }];
  }
  return [];
}

/** A certificate authority must be PEM, be one that can sign, and be valid today. */
export function checkCertificateAuthority(ca: string, property: string): readonly Problem[] {
  const mend =
    "paste the CA's certificate: kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d";
  const problem = (rule: string, shown: string): readonly Problem[] => [{ property, received: shown, rule, mend }];
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(ca);
  } catch {
    return problem("a certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----", received(ca));
  }
  if (Date.now() > certificate.validToDate.getTime()) {
    return problem(
      "a certificate that has not expired",
      `one that expired on ${certificate.validToDate.toISOString().slice(0, 10)}`,
    );
  }
  if (!certificate.ca) {
    return problem(
      "a certificate authority (basicConstraints CA:TRUE), not a server's certificate",
      received(certificate.subject),
    );
  }
  return [];
}

function checkNamespace(namespace: string): readonly Problem[] {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace) && !/^(kube-.*|default)$/.test(namespace)) {
    return [];
  }
  return [
    {
      property: "cluster.namespace",
      received: received(namespace),
      rule: "a namespace of its own (DNS label), not default and not one of Kubernetes' own",
      mend: 'write "risk"',
    },
  ];
}

function checkSizes(cluster: Cluster): readonly Problem[] {
  const sizes: readonly [string, number, string][] = [
    ["cluster.capacity.cpu", millicores(cluster.capacity.cpu), "Cpu.units(32)"],
    ["cluster.capacity.memory", mebibytes(cluster.capacity.memory), "Size.gibibytes(128)"],
    ["cluster.resultsSize", mebibytes(cluster.resultsSize), "Size.gibibytes(100)"],
  ];
  return sizes
    .filter(([, amount]) => !(amount > 0))
    .map(([property, amount, example]) => ({
      property,
      received: received(amount),
      rule: "more than zero",
      mend: `write what the cluster has, for instance ${example}`,
    }));
}
