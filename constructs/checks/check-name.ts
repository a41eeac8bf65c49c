import { type Problem, received } from "../definition/problem.ts";

/** Longest customer name: the lane's namespace and everything named after the customer then fit uncut. */
export const CUSTOMER_NAME_LIMIT = 40;

/** Names that mean something else as a Pulumi stack or a folder in dist. */
const reserved = new Set(["platform", "system", "default", "all"]);

/** A customer's name becomes a namespace, a stack and a folder; it is used whole, never cut, so no two can fall together. */
export function checkName(name: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    problems.push({
      property: "name",
      received: received(name),
      rule: "lower-case letters, digits and inner dashes, starting with a letter (a DNS label), since it names a namespace",
      mend: `write ${received(suggestName(name))}, and name the file after it`,
    });
  }
  if (name.length > CUSTOMER_NAME_LIMIT) {
    problems.push({
      property: "name",
      received: received(name),
      rule: `at most ${CUSTOMER_NAME_LIMIT} characters (it has ${name.length}), so that no derived name is ever cut and two customers can never fall together`,
      mend: "shorten it; displayName may be as long as you like",
    });
  }
  if (reserved.has(name)) {
    problems.push({
      property: "name",
      received: received(name),
      rule: `${[...reserved].join(", ")} are taken by Nightlane itself`,
      mend: "choose the institution's own name",
    });
  }
  return problems;
}

function suggestName(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return label === "" ? "nordbank" : label;
}
