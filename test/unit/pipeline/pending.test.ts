import { expect, test } from "vitest";
import type { FileChange } from "../../../pipeline/changes.ts";
import { pending } from "../../../pipeline/pending.ts";

const NAMES = ["alpenkredit", "nordbank", "seebank"];
const changed = (...paths: string[]): FileChange[] => paths.map((path) => ({ path, deleted: false }));

/** What changed since each revision, and which stack was deployed from which; what is not named, from the last merge. */
function project(
  revisions: Readonly<Record<string, string | undefined>>,
  changes: Readonly<Record<string, readonly FileChange[]>>,
) {
  return {
    revisionOf: (stack: string) => (stack in revisions ? revisions[stack] : "last"),
    changesSince: (revision: string) => changes[revision],
  };
}

test("a merge deploys what it changes", () => {
  const merge = changed("customers/nordbank.ts");
  expect(pending(merge, NAMES, project({}, { last: merge }))).toEqual({
    customers: ["nordbank"],
    removed: [],
    platform: false,
    own: ["nordbank"],
  });
});

test("a change of a construct touches all, and nobody's own", () => {
  const merge = changed("constructs/lane/x.ts", "customers/nordbank.ts");
  expect(pending(merge, NAMES, project({}, { last: merge }))).toMatchObject({
    customers: NAMES,
    platform: true,
    own: [],
  });
});

test("what the pipeline before did not deploy is deployed by the next one", () => {
  const merge = changed("customers/nordbank.ts");
  const before = [...changed("customers/seebank.ts"), ...merge];
  const found = pending(merge, NAMES, project({ seebank: "older" }, { last: merge, older: before }));
  expect(found).toMatchObject({ customers: ["nordbank", "seebank"], own: ["nordbank"], platform: false });
});

test("customers whose wave was not started yet are pending still, and the platform is not", () => {
  const merge = changed("docs/x.md");
  const before = [...changed("constructs/lane/x.ts"), ...merge];
  const found = pending(merge, NAMES, project({ nordbank: "older", seebank: "older" }, { last: merge, older: before }));
  expect(found).toMatchObject({ customers: ["nordbank", "seebank"], own: [], platform: false });
});

test("a stack that was never deployed, or from a commit that is gone, is deployed", () => {
  const merge = changed("docs/x.md");
  const found = pending(merge, NAMES, project({ nordbank: undefined, seebank: "rewritten" }, { last: merge }));
  expect(found).toMatchObject({ customers: ["nordbank", "seebank"] });
});

test("a removed customer is removed by the merge that removes it", () => {
  const merge = [{ path: "customers/gone.ts", deleted: true }];
  expect(pending(merge, NAMES, project({}, { last: merge }))).toMatchObject({ customers: [], removed: ["gone"] });
});
