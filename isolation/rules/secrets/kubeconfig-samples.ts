import { stringify } from "yaml";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { parseCertificates } from "../../../constructs/definition/parse-certificates.ts";
import type { Fields } from "../../model/fields.ts";

/** A kubeconfig that must be refused, and what is wrong with it. */
export interface KubeconfigSample {
  readonly what: string;
  readonly text: string;
}

/** The kubeconfig that a definition asks for, with a token that opens nothing. */
export function soundKubeconfig(definition: CustomerDefinition): string {
  return stringify(config(definition));
}

/** One kubeconfig for each thing that must be refused, each valid except for that thing. */
export function badKubeconfigs(definition: CustomerDefinition): readonly KubeconfigSample[] {
  const sample = (what: string, cluster: Fields, user: Fields = {}, top: Fields = {}): KubeconfigSample => ({
    what,
    text: stringify(config(definition, cluster, user, top)),
  });
  const { contexts, clusters } = config(definition);
  return [
    sample("exec", {}, { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "sh" } }),
    sample("auth-provider", {}, { "auth-provider": { name: "oidc" } }),
    sample("tokenFile", {}, { tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token" }),
    sample("client-key as a file", {}, { "client-key": "/credentials/key" }),
    sample("impersonation", {}, { as: "system:admin" }),
    sample("a password", {}, { username: "admin", password: "x" }),
    sample("certificate-authority as a file", { "certificate-authority": "/etc/ca.crt" }),
    sample("proxy-url", { "proxy-url": "http://proxy.example:3128" }),
    sample("insecure-skip-tls-verify", { "insecure-skip-tls-verify": true }),
    sample("tls-server-name", { "tls-server-name": "other.example" }),
    sample("http", { server: definition.cluster.server.replace(/^https/, "http") }),
    sample("another server", { server: "https://k8s.other.example:6443" }),
    sample("no CA", { "certificate-authority-data": undefined }),
    sample("no credential", {}, { token: undefined }),
    sample("two contexts", {}, {}, { contexts: [contexts[0], { ...contexts[0], name: "second" }] }),
    sample("two clusters", {}, {}, { clusters: [clusters[0], { ...clusters[0], name: "second" }] }),
    sample("no current context", {}, {}, { "current-context": "" }),
  ];
}

/** A file of one cluster, one user and one context, with some fields replaced or, where undefined, left out. */
function config(
  { cluster, name }: CustomerDefinition,
  inCluster: Fields = {},
  inUser: Fields = {},
  top: Fields = {},
): { readonly contexts: readonly Fields[]; readonly clusters: readonly Fields[] } & Fields {
  const authorities = (parseCertificates(cluster.ca) ?? []).map((certificate) => certificate.toString());
  const authority = Buffer.from(authorities.join("")).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name, namespace: cluster.namespace } }],
    clusters: [{ name, cluster: { server: cluster.server, "certificate-authority-data": authority, ...inCluster } }],
    users: [{ name, user: { token: "opens-nothing", ...inUser } }],
    ...top,
  };
}
