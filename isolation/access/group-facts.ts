import { type Customers, showCustomers } from "../matrix/path.ts";
import { type AccessFact, FACT_KINDS, type FactKind } from "./fact.ts";

/** A fact that several owners have in common, and rights that differ only in the verb, stated once. */
export interface FactGroup {
  readonly kind: FactKind;
  readonly text: string;
  readonly owners: readonly string[];
}

/** Groups facts by their words, in the order of their kinds. */
export function groupFacts(facts: readonly AccessFact[]): readonly FactGroup[] {
  const byText = new Map<string, { kind: FactKind; text: string; owners: string[] }>();
  for (const { kind, text, owner } of facts) {
    const key = `${kind} ${text}`;
    const known = byText.get(key);
    if (known === undefined) {
      byText.set(key, { kind, text, owners: [owner] });
    } else {
      known.owners.push(owner);
    }
  }
  return joinVerbs([...byText.values()]).sort((a, b) => FACT_KINDS.indexOf(a.kind) - FACT_KINDS.indexOf(b.kind));
}

/** `may get pods`, `may list pods` of the same owners become `may get, list pods`. */
function joinVerbs(groups: readonly FactGroup[]): FactGroup[] {
  const joined = new Map<string, { who: string; verbs: string[]; what: string; group: FactGroup }>();
  for (const group of groups) {
    const [, who, verb, what] = (group.kind === "right" ? /^(.*?) may (\S+) (.*)$/.exec(group.text) : null) ?? [];
    const isRight = who !== undefined && verb !== undefined && what !== undefined;
    const key = isRight ? JSON.stringify([who, what, group.owners]) : `${group.kind} ${group.text}`;
    const known = joined.get(key);
    if (known === undefined) {
      joined.set(key, { who: who ?? "", verbs: isRight ? [verb] : [], what: what ?? "", group });
    } else if (isRight) {
      known.verbs.push(verb);
    }
  }
  return [...joined.values()].map(({ who, verbs, what, group }) =>
    verbs.length === 0 ? group : { ...group, text: `${who} may ${verbs.join(", ")} ${what}` },
  );
}

/** A group's owners, all customers in one word. */
export function showOwners({ owners }: FactGroup, customers: number, limit?: number): string {
  const all: Customers = owners.length === customers && customers > 1 ? "all" : owners;
  return showCustomers(all, limit ?? owners.length);
}
