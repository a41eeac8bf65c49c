import { BlockList, isIP } from "node:net";
import { addressesOf } from "../definition/api-server.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { parseCertificates } from "../definition/parse-certificates.ts";
import { type Problem, received } from "../definition/problem.ts";
import { shownLine } from "../definition/shown-line.ts";
import { withLines } from "../definition/written-lines.ts";
import { GET_CA } from "../evaluation/refused-import.ts";

/** Organisation of an example authority, by which it is recognised. */
export const EXAMPLE_SUBJECT = "EXAMPLE, TO BE REPLACED";

/** Addresses that are reserved for examples and lead nowhere. */
const examples = new BlockList();
examples.addSubnet("192.0.2.0", 24);
examples.addSubnet("198.51.100.0", 24);
examples.addSubnet("203.0.113.0", 24);
examples.addSubnet("2001:db8::", 32, "ipv6");

/** Properties that are named when their line is marked. */
const MARKED = ["name", "displayName", "cluster.server", "cluster.address", "cluster.proxy", "cluster.ca"] as const;

/**
 * What has to be replaced before a customer is deployed: what is still an example, judged by its value or by a REPLACE
 * mark, and an authority that is not valid today. None of it is a mistake in the definition: a file that waits for its
 * customer, or whose authority expired last night, must not stop what is done with all the others.
 */
export function stillToReplace(definition: CustomerDefinition, source: string): readonly Problem[] {
  const known = withLines(
    definition,
    [exampleAddresses, exampleAuthorities, outdatedAuthorities].flatMap((check) => check(definition)),
  );
  const marked = marks(source).filter((mark) => !known.some(({ line }) => line === mark));
  const places = withLines(
    definition,
    MARKED.map((property) => ({ property, received: "", rule: "", fix: "" })),
  );
  return [
    ...marked.map((line) => ({
      property: places.find((place) => place.line === line)?.property ?? "(code)",
      line,
      received: shownLine(source, line),
      rule: "nothing marked REPLACE: it is an example",
      fix: "replace it, and remove the mark",
    })),
    ...known,
  ];
}

/** A mark is in a comment: a command of the customer's own may have an argument REPLACE. */
const MARK = /(^|\s)\/\/.*\bREPLACE\b|^\s*\/?\*.*\bREPLACE\b/;

/** The marked lines: the mark's own line, or the first one after a comment that contains the mark. */
function marks(source: string): readonly number[] {
  const lines = source.split("\n");
  return lines.flatMap((line, index) => {
    if (!MARK.test(line)) {
      return [];
    }
    const after = lines.slice(index).findIndex((one) => !/^\s*\/\//.test(one));
    return [index + 1 + Math.max(0, after)];
  });
}

function exampleAddresses({ cluster }: CustomerDefinition): readonly Problem[] {
  const property = cluster.proxy === undefined ? "cluster.address" : "cluster.proxy.address";
  return addressesOf(cluster)
    .filter((address) => examples.check(address, isIP(address) === 6 ? "ipv6" : "ipv4"))
    .map((address) => ({
      property,
      received: received(address),
      rule: "the address by which the customer's API server is reached: this one is reserved for examples and leads nowhere",
      fix: "ask the customer for it",
    }));
}

function exampleAuthorities({ name, cluster }: CustomerDefinition): readonly Problem[] {
  return (parseCertificates(cluster.ca) ?? [])
    .filter(({ subject }) => subject.replaceAll("\\", "").includes(EXAMPLE_SUBJECT))
    .map(() => ({
      property: "cluster.ca",
      received: `the authority ${received(EXAMPLE_SUBJECT)}`,
      rule: "the authority of the customer's API server: this one is an example that signs nothing",
      fix: replaceAuthority(name),
    }));
}

/** Authorities that have expired, or are not valid yet. */
export function outdatedAuthorities({ name, cluster }: CustomerDefinition): readonly Problem[] {
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  const problem = (shown: string, rule: string): Problem => {
    return { property: "cluster.ca", received: shown, rule, fix: replaceAuthority(name) };
  };
  return (parseCertificates(cluster.ca) ?? []).flatMap(({ validFromDate, validToDate }) => {
    if (validToDate.getTime() < Date.now()) {
      return [problem(`one that expired on ${day(validToDate)}`, "a certificate that has not expired")];
    }
    if (validFromDate.getTime() > Date.now()) {
      return [problem(`one that is not valid before ${day(validFromDate)}`, "a certificate that is valid today")];
    }
    return [];
  });
}

function replaceAuthority(name: string): string {
  return `put the customer's in its place: ${GET_CA} customers/${name}.pem`;
}
