import { isCustomerDefinition } from "../definition/customer-definition.ts";
import { encode } from "./encode.ts";
import type { Outcome } from "./encoded.ts";

export { TOLD } from "../definition/told.ts";
export * as library from "../index.ts";

/** Reads off a file's default export what leaves the sandbox. */
export function outcomeOf(exported: unknown): Outcome {
  if (isCustomerDefinition(exported)) {
    return { definition: encode(exported) };
  }
  return { other: exported === undefined ? "nothing" : "something" };
}
