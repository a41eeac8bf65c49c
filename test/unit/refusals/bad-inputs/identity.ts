import { type BadInput, each, otherThan, SECRET } from "./bad-input.ts";

/** Names of a customer, and properties that no customer has. */
export const identity: readonly BadInput[] = [
  ...each("name", "name", ["", '"Bad Bank"', '"platform"', ...otherThan()]),
  ...each("displayName", "displayName", ['"a\\nb"', '"x".repeat(81)', '"{{ .Missing"', '""', ...otherThan('"text"')]),
  ...each("more", "finishby", ['finishby: "03:00"']),
  ...each("more", "lanes", ["lanes: { runners: 3 }"]),
  ...each("more", "token", [`token: "${SECRET}"`]),
];
