import { isCustomerDefinition } from "../definition/customer-definition.ts";
import * as whole from "../index.ts";
import { Night } from "../night/night.ts";
import { encode } from "./encode.ts";
import type { Outcome } from "./encoded.ts";
import { refuseReadingDate } from "./known-at-night.ts";
import { moduleWithoutSurplus, refuseSurplusOf } from "./surplus-arguments.ts";

export { REPORTED } from "../definition/reported.ts";

const { Size, Cpu, Duration } = whole;
for (const [name, unit] of Object.entries({ Size, Cpu, Duration })) {
  refuseSurplusOf(name, unit);
}
refuseSurplusOf("night", Night.prototype);
refuseReadingDate();

/** What a file imports. */
export const library = moduleWithoutSurplus(whole);

/** Extracts what leaves the sandbox from a file's default export. */
export function outcomeOf(exported: unknown): Outcome {
  if (isCustomerDefinition(exported)) {
    return { definition: encode(exported) };
  }
  return { other: exported === undefined ? "nothing" : "something" };
}
