import type { AccessFact } from "../access/fact.ts";
import { groupFacts, showOwners } from "../access/group-facts.ts";
import { showCustomers } from "../matrix/path.ts";
import { PLATFORM } from "../model/estate.ts";
import type { Waiver, WaiverBook } from "../waivers.ts";
import type { AccessChange } from "./compare.ts";

/** One thing by which access became wider, in one line that a waiver can name. */
export interface Widening {
  readonly line: string;
  /** The waiver that covers it, if there is one. */
  readonly waiver: Waiver | undefined;
}

/**
 * What in a change makes access wider. A new customer with what customers have is not a widening, and neither is
 * another address of a customer's own API server. A guard that is gone or has changed is one, since its wording cannot
 * be judged here, and so is another repository of applications.
 * @param customers How many customers there are after the change.
 */
export function widenings(
  change: AccessChange,
  baseFacts: readonly AccessFact[],
  customers: number,
  book: WaiverBook,
): readonly Widening[] {
  const newcomers = new Set(change.owners.filter(({ presence }) => presence === "added").map(({ owner }) => owner));
  const usual = new Set(baseFacts.filter(({ owner }) => owner !== PLATFORM).map(({ kind, text }) => `${kind} ${text}`));
  const isUsual = ({ owner, kind, text }: AccessFact): boolean =>
    newcomers.has(owner) && (usual.size === 0 || usual.has(`${kind} ${text}`));
  const lines = (facts: readonly AccessFact[], what: string): readonly string[] =>
    groupFacts(facts).map((group) => `${showOwners(group, customers)}: ${what}${group.text}`);
  const all = [
    ...change.addedPaths.map(
      ({ kind, from, to, how }) => `path (${kind}) from ${showCustomers(from)} to ${showCustomers(to)}: ${how}`,
    ),
    ...lines(
      change.addedFacts.filter((fact) => fact.kind !== "guard" && !isUsual(fact)),
      "",
    ),
    ...lines(change.removedFacts.filter(isLostGuard(change)), "guard gone: "),
    ...lines(
      change.changedFacts.map(({ after }) => after).filter(({ kind }) => kind === "guard"),
      "guard changed: ",
    ),
    ...change.changedFacts
      .filter(({ after: { kind } }) => kind === "app")
      .map(({ before, after: { owner, text, value } }) => `${owner}: ${text}: ${before.value} became ${value}`),
  ];
  return all.map((line) => ({ line, waiver: book.waiverFor("widening", line) }));
}

/** A guard of a customer that left with all else guards nothing any more. */
function isLostGuard({ owners }: AccessChange): (fact: AccessFact) => boolean {
  const leavers = new Set(owners.filter(({ presence }) => presence === "removed").map(({ owner }) => owner));
  return ({ kind, owner }) => kind === "guard" && !leavers.has(owner);
}
