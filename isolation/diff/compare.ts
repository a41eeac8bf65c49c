import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { accessFacts } from "../access/access-facts.ts";
import type { AccessFact } from "../access/fact.ts";
import { accessMatrix } from "../matrix/access-matrix.ts";
import type { PathGroup } from "../matrix/path.ts";
import { type Estate, PLATFORM } from "../model/estate.ts";
import { customerSideName, objectName } from "../model/object-name.ts";
import { viewEstate } from "../model/view.ts";

/**
 * A fact whose words stayed the same while its value changed: another address of the own API server, another wording of
 * a guard, other repositories of the applications.
 */
export interface ChangedFact {
  readonly before: AccessFact;
  readonly after: AccessFact;
}

/** What changed in one owner's objects. */
export interface OwnerChange {
  /** A customer's name, or `platform`. */
  readonly owner: string;
  /** Whether the owner itself was added or removed. */
  readonly presence: "added" | "removed" | "stayed";
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** Everything by which a change affects who may do what. */
export interface AccessChange {
  readonly addedPaths: readonly PathGroup[];
  readonly removedPaths: readonly PathGroup[];
  readonly addedFacts: readonly AccessFact[];
  readonly removedFacts: readonly AccessFact[];
  readonly changedFacts: readonly ChangedFact[];
  /** Owners with any change at all; all others have the very same manifests. */
  readonly owners: readonly OwnerChange[];
}

/** Compares two estates. */
export function compareAccess(base: Estate, head: Estate): AccessChange {
  const before = viewEstate(base);
  const after = viewEstate(head);
  const paths = difference(accessMatrix(before).paths, accessMatrix(after).paths, (path) => JSON.stringify(path));
  const facts = difference(accessFacts(before), accessFacts(after), factKey);
  return {
    addedPaths: paths.added,
    removedPaths: paths.removed,
    addedFacts: facts.added,
    removedFacts: facts.removed,
    changedFacts: facts.both
      .map(([first, second]) => ({ before: first, after: second }))
      .filter(({ before: { value }, after: { value: now } }) => value !== now),
    owners: ownerChanges(base, head),
  };
}

function factKey({ owner, kind, text }: AccessFact): string {
  return `${owner} ${kind} ${text}`;
}

interface Difference<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly both: readonly (readonly [before: T, after: T])[];
}

function difference<T>(before: readonly T[], after: readonly T[], key: (item: T) => string): Difference<T> {
  const old = new Map(before.map((item) => [key(item), item]));
  const now = new Map(after.map((item) => [key(item), item]));
  return {
    added: [...now].filter(([name]) => !old.has(name)).map(([, item]) => item),
    removed: [...old].filter(([name]) => !now.has(name)).map(([, item]) => item),
    both: [...now].flatMap(([name, item]) => {
      const first = old.get(name);
      return first === undefined ? [] : [[first, item] as const];
    }),
  };
}

function ownerChanges(base: Estate, head: Estate): readonly OwnerChange[] {
  const before = objectsByOwner(base);
  const after = objectsByOwner(head);
  const owners = [...new Set([...before.keys(), ...after.keys()])].sort();
  return owners.flatMap((owner) => {
    const old = before.get(owner) ?? new Map<string, string>();
    const now = after.get(owner) ?? new Map<string, string>();
    const added = [...now.keys()].filter((name) => !old.has(name));
    const removed = [...old.keys()].filter((name) => !now.has(name));
    const changed = [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name));
    const presence = !before.has(owner) ? "added" : !after.has(owner) ? "removed" : "stayed";
    return added.length + removed.length + changed.length === 0 ? [] : [{ owner, presence, added, removed, changed }];
  });
}

/** Each owner's objects as they are written out, by name. */
function objectsByOwner(estate: Estate): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const written = (manifests: readonly Manifest[], name: (manifest: Manifest) => string): [string, string][] =>
    manifests.map((manifest) => [name(manifest), JSON.stringify(manifest)]);
  return new Map([
    [PLATFORM, new Map(written(estate.platform, objectName))],
    ...estate.customers.map(
      ({ name, lane, customerSide, apps, deployer }) =>
        [
          name,
          new Map([
            ...written([...lane, ...apps, ...withoutNamespace(deployer)], objectName),
            ...written(customerSide, (manifest) => customerSideName(name, manifest)),
          ]),
        ] as const,
    ),
  ]);
}

/** The lane's namespace is in the lane, too. */
function withoutNamespace(deployer: readonly Manifest[]): readonly Manifest[] {
  return deployer.filter(({ kind }) => kind !== "Namespace");
}
