import type { Validation } from "./admission-policy.ts";
import { sameButFor } from "./cel.ts";
import { FROM_KUBERNETES } from "./identities.ts";

/**
 * Rules for a change of what Argo looks after: of its metadata, only annotations under `nightlane/` change, which are
 * orders to a step and what nightwatch notes.
 * @param what As in "a night".
 * @param finders Who finds it by its labels.
 */
export function keptMetadata(what: string, finders: string): readonly Validation[] {
  const same = (field: string, none: string): string =>
    `object.metadata.?${field}.orValue(${none}) == oldObject.metadata.?${field}.orValue(${none})`;
  const annotations = (of: string): string => `${of}.metadata.?annotations.orValue({})`;
  return [
    {
      expression: sameButFor(annotations("object"), annotations("oldObject"), "field.startsWith('nightlane/')"),
      rule: `of the annotations of ${what} only those under nightlane/ change`,
      fix: "use a key under nightlane/",
    },
    {
      expression: same("labels", "{}"),
      rule: `${what} keeps its labels: ${finders} find it by them`,
      fix: "use an annotation under nightlane/",
    },
    {
      expression: `${FROM_KUBERNETES} || (${same("ownerReferences", "[]")} && ${same("finalizers", "[]")})`,
      rule: `${what} keeps its owner and its finalizers: they say when it is removed`,
      fix: "leave ownerReferences and finalizers as they are",
    },
  ];
}
