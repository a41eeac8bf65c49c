import { addressesOf, wayOut } from "../definition/api-server.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { customerFile } from "../definition/customer-files.ts";
import { parseCertificates } from "../definition/parse-certificates.ts";
import { type Problem, received } from "../definition/problem.ts";

/** Two lanes that share a cluster and namespace would read and delete each other's work. */
export function checkCollisions(definition: CustomerDefinition, other: CustomerDefinition): readonly Problem[] {
  const { cluster } = definition;
  const who = customerFile(other.name);
  const problems: Problem[] = [];
  const add = (property: string, shown: string, rule: string, fix: string): void => {
    problems.push({ property, received: shown, rule, fix });
  };
  if (host(definition) === host(other)) {
    const rule = `an API server of its own: ${who} has the same`;
    const fix = `write this customer's API server; another night of the same institution is furtherNights in ${who}`;
    add("cluster.server", received(cluster.server), rule, fix);
  }
  const taken = addresses(other);
  const behindProxy = cluster.proxy !== undefined || other.cluster.proxy !== undefined;
  for (const address of behindProxy ? [] : addresses(definition).filter((one) => taken.includes(one))) {
    const rule = `an address of its own: ${who} has the same`;
    add("cluster.address", received(address), rule, "write the address of this customer's API server");
  }
  const shared = addressesOf(other.cluster);
  for (const address of behindProxy ? addressesOf(cluster).filter((one) => shared.includes(one)) : []) {
    const property = cluster.proxy === undefined ? "cluster.address" : "cluster.proxy.address";
    const rule = `an address of its own, whatever the port: ${who} has the same, and a proxy leads to one customer alone`;
    add(property, received(address), rule, "write the address of a proxy that no other customer has");
  }
  if (cluster.namespace === other.cluster.namespace && sharesAuthority(cluster.ca, other.cluster.ca)) {
    const rule = `another cluster than that of ${who}: a shared authority means one cluster, whatever its addresses`;
    const fix = "paste the authority of this customer's cluster; two customers in one cluster need separate namespaces";
    add("cluster.ca", `the authority of ${who}, and namespace ${received(cluster.namespace)}`, rule, fix);
  }
  return problems;
}

function host({ cluster }: CustomerDefinition): string {
  return new URL(cluster.server).host;
}

function addresses(definition: CustomerDefinition): readonly string[] {
  const server = wayOut(definition);
  return server.addresses.map((address) => `${address} on port ${server.port}`);
}

function sharesAuthority(one: string, other: string): boolean {
  const keys = new Set(keysOf(one));
  return keysOf(other).some((key) => keys.has(key));
}

function keysOf(pem: string): readonly string[] {
  return (parseCertificates(pem) ?? []).map(({ publicKey }) =>
    publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  );
}
