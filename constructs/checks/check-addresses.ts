import { isIPv4 } from "node:net";
import { type Problem, received } from "../definition/problem.ts";
import { addressRule } from "./usable-address.ts";

/**
 * IPv4 addresses of one receiver or server, as `central.json` has them: at least one, each once, and of some machine.
 * @param said What they are, and what to write instead.
 */
export function checkAddresses(
  property: string,
  written: string | readonly string[],
  said: Pick<Problem, "rule" | "fix">,
): readonly Problem[] {
  const addresses = typeof written === "string" ? [written] : written;
  if (addresses.length === 0 || !addresses.every(isIPv4)) {
    return [{ property, received: received(written), ...said }];
  }
  const twice = addresses.filter((address, index) => addresses.indexOf(address) !== index);
  return [
    ...[...new Set(twice)].map((address) => ({
      property,
      received: `${received(address)} twice`,
      rule: "each address once",
      fix: "remove one of them",
    })),
    ...[...new Set(addresses)].flatMap((address) => {
      const rule = addressRule(address);
      return rule === undefined ? [] : [{ property, received: received(address), rule, fix: said.fix }];
    }),
  ];
}
