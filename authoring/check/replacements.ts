import { BlockList, isIPv4 } from "node:net";
import { addressesOf } from "../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { parseCertificates } from "../../constructs/definition/parse-certificates.ts";
import { type Problem, received } from "../../constructs/definition/problem.ts";
import { withLines } from "../../constructs/definition/written-lines.ts";
import { GET_CA } from "../../constructs/evaluation/refused-import.ts";
import { EXAMPLE_SUBJECT } from "../example-ca.ts";
import { shownLine } from "./shown-line.ts";

/** Addresses that are reserved for examples and lead nowhere. */
const examples = new BlockList();
examples.addSubnet("192.0.2.0", 24);
examples.addSubnet("198.51.100.0", 24);
examples.addSubnet("203.0.113.0", 24);

/** Properties that are named when their line is marked. */
const MARKED = ["name", "displayName", "cluster.server", "cluster.address", "cluster.proxy", "cluster.ca"] as const;

/** What in a file is still an example, judged by its value or by a REPLACE mark. */
export function stillToReplace(definition: CustomerDefinition, source: string): readonly Problem[] {
  const known = withLines(definition, knownExamples(definition));
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

/** The marked lines: the mark's own line, or the first one after a comment that contains the mark. */
function marks(source: string): readonly number[] {
  const lines = source.split("\n");
  return lines.flatMap((line, index) => {
    if (!/\bREPLACE\b/.test(line)) {
      return [];
    }
    const after = lines.slice(index).findIndex((one) => !/^\s*\/\//.test(one));
    return [index + 1 + Math.max(0, after)];
  });
}

function knownExamples(definition: CustomerDefinition): readonly Problem[] {
  const problems: Problem[] = [];
  const { ca } = definition.cluster;
  for (const address of addressesOf(definition.cluster).filter((one) => isIPv4(one) && examples.check(one))) {
    const rule =
      "the address by which the customer's API server is reached: this one is reserved for examples and leads nowhere";
    const property = definition.cluster.proxy === undefined ? "cluster.address" : "cluster.proxy.address";
    problems.push({ property, received: received(address), rule, fix: "ask the customer for it" });
  }
  if (parseCertificates(ca)?.some(({ subject }) => subject.replaceAll("\\", "").includes(EXAMPLE_SUBJECT))) {
    problems.push({
      property: "cluster.ca",
      received: `the authority ${received(EXAMPLE_SUBJECT)}`,
      rule: "the authority of the customer's API server: this one is an example that signs nothing",
      fix: `put the customer's in its place: ${GET_CA} customers/${definition.name}.pem`,
    });
  }
  return problems;
}
