import { characters, isPrintable } from "../definition/printable.ts";
import { type Problem, received } from "../definition/problem.ts";

/** Longest customer name with which nothing named after the customer ever has to be cut. */
export const CUSTOMER_NAME_LIMIT = 40;

/** Names that have another meaning as a Pulumi stack, or as a folder in dist or customers/. */
const reserved = new Set(["platform", "system", "default", "all", "shared"]);

const LONGEST_DISPLAY_NAME = 80;

/** Alerts and notifications show this name, and their templates would treat braces as a placeholder. */
export function checkDisplayName(displayName: string): readonly Problem[] {
  if (isPrintable(displayName) && !/[{}]/.test(displayName) && characters(displayName) <= LONGEST_DISPLAY_NAME) {
    return [];
  }
  return [
    {
      property: "displayName",
      received: received(displayName),
      rule: `one printable line of 1 to ${LONGEST_DISPLAY_NAME} characters without braces: alerts and notifications show it`,
      fix: 'write for instance "Nordbank AG"',
    },
  ];
}

/** A customer's name becomes a namespace, a stack and a folder. It is never cut, so no two customers can collide. */
export function checkName(name: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    problems.push({
      property: "name",
      received: received(name),
      rule: "lower-case letters, digits and inner dashes, starting with a letter (a DNS label), since it names a namespace",
      fix: `write ${received(suggestName(name))}, and name the file after it`,
    });
  }
  if (name.length > CUSTOMER_NAME_LIMIT) {
    problems.push({
      property: "name",
      received: received(name),
      rule: `at most ${CUSTOMER_NAME_LIMIT} characters (it has ${name.length}), so that no derived name is ever cut and two customers can never collide`,
      fix: "shorten it; displayName may be longer",
    });
  }
  if (reserved.has(name)) {
    problems.push({
      property: "name",
      received: received(name),
      rule: `${[...reserved].join(", ")} are reserved for Nightlane itself`,
      fix: "choose the institution's own name",
    });
  }
  return problems;
}

/** An allowed name close to one that is not. */
export function suggestName(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return label === "" ? "nordbank" : label;
}
