import { expect, test } from "vitest";
import type { FileChange } from "../../../pipeline/changes.ts";
import { type Deployed, pending } from "../../../pipeline/pending.ts";

const NAMES = ["alpenkredit", "nordbank", "seebank"];
const changed = (...paths: string[]): FileChange[] => paths.map((path) => ({ path, deleted: false }));

interface Project {
  /** What each stack was last deployed from; what is not named, from the last merge. */
  readonly revisions?: Readonly<Record<string, string | undefined>>;
  /** What changed since each revision. */
  readonly changes: Readonly<Record<string, readonly FileChange[]>>;
  /** Stacks of which something was begun since. */
  readonly unsettled?: readonly string[];
  /** @default - all that have a file */
  readonly living?: readonly string[];
}

function project({ revisions = {}, changes, unsettled = [], living = NAMES }: Project): Deployed {
  return {
    lastOf: (stack) => {
      const revision = stack in revisions ? revisions[stack] : "last";
      return revision === undefined ? undefined : { revision, isSettled: !unsettled.includes(stack) };
    },
    changesSince: (revision) => changes[revision],
    living,
  };
}

test("a merge deploys what it changes", () => {
  const merge = changed("customers/nordbank.ts");
  expect(pending(merge, NAMES, project({ changes: { last: merge } }))).toEqual({
    customers: ["nordbank"],
    removed: [],
    platform: false,
    own: ["nordbank"],
  });
});

test("a change of a construct touches all, and nobody's own", () => {
  const merge = changed("constructs/lane/x.ts", "customers/nordbank.ts");
  expect(pending(merge, NAMES, project({ changes: { last: merge } }))).toMatchObject({
    customers: NAMES,
    platform: true,
    own: [],
  });
});

test("what the pipeline before did not deploy is deployed by the next one", () => {
  const merge = changed("customers/nordbank.ts");
  const before = [...changed("customers/seebank.ts"), ...merge];
  const found = pending(
    merge,
    NAMES,
    project({ revisions: { seebank: "older" }, changes: { last: merge, older: before } }),
  );
  expect(found).toMatchObject({ customers: ["nordbank", "seebank"], own: ["nordbank"], platform: false });
});

test("customers whose wave was not started yet are pending still, and the platform is not", () => {
  const merge = changed("docs/x.md");
  const before = [...changed("constructs/lane/x.ts"), ...merge];
  const found = pending(
    merge,
    NAMES,
    project({ revisions: { nordbank: "older", seebank: "older" }, changes: { last: merge, older: before } }),
  );
  expect(found).toMatchObject({ customers: ["nordbank", "seebank"], own: [], platform: false });
});

test("a stack that was never deployed, or from a commit that is gone, is deployed", () => {
  const merge = changed("docs/x.md");
  const found = pending(
    merge,
    NAMES,
    project({ revisions: { nordbank: undefined, seebank: "rewritten" }, changes: { last: merge } }),
  );
  expect(found).toMatchObject({ customers: ["nordbank", "seebank"] });
});

test("a removed customer is removed by the merge that removes it", () => {
  const merge = [{ path: "customers/gone.ts", deleted: true }];
  expect(pending(merge, NAMES, project({ changes: { last: merge } }))).toMatchObject({
    customers: [],
    removed: ["gone"],
  });
});

test("a revert after a deployment that failed is deployed, though nothing differs from the last good one", () => {
  const merge = changed("customers/nordbank.ts");
  const failed = { revisions: { nordbank: "good" }, changes: { last: merge, good: [] }, unsettled: ["nordbank"] };
  expect(pending(merge, NAMES, project(failed))).toMatchObject({ customers: ["nordbank"], platform: false });
  const common = changed("constructs/lane/x.ts");
  const platform = { revisions: { platform: "good" }, changes: { last: common, good: [] }, unsettled: ["platform"] };
  expect(pending(common, NAMES, project(platform))).toMatchObject({ platform: true });
});

test("what a merge with nothing in it finds unsettled is deployed, too", () => {
  const merge = changed("docs/x.md");
  const found = pending(merge, NAMES, project({ changes: { last: merge }, unsettled: ["platform", "seebank"] }));
  expect(found).toEqual({ customers: ["seebank"], removed: [], platform: true, own: [] });
});

test("a customer's own merge carries no common change past the wave that holds it", () => {
  const merge = changed("customers/nordbank.ts");
  const before = [...changed("constructs/lane/x.ts"), ...merge];
  const held = project({ revisions: { nordbank: "older" }, changes: { last: merge, older: before } });
  expect(pending(merge, NAMES, held)).toMatchObject({ customers: ["nordbank"], own: [] });
  expect(pending(merge, NAMES, project({ changes: { last: merge, older: before } }))).toMatchObject({
    customers: ["nordbank"],
    own: ["nordbank"],
  });
});

test("a merge that changes several customers' files is nobody's own", () => {
  const merge = changed("customers/nordbank.ts", "customers/seebank.ts", "Pulumi.seebank.yaml");
  expect(pending(merge, NAMES, project({ changes: { last: merge } }))).toMatchObject({
    customers: ["nordbank", "seebank"],
    own: [],
  });
});

test("customers that are new, or put back, wait for nobody, and make nobody wait", () => {
  const merge = changed("customers/alpenkredit.ts", "customers/nordbank.ts", "customers/seebank.ts");
  const revisions = { alpenkredit: undefined, nordbank: undefined };
  const found = pending(merge, NAMES, project({ revisions, changes: { last: merge } }));
  expect(found).toMatchObject({ customers: NAMES, own: NAMES });
});

test("a customer of an unknown revision waits, since it may lack anything", () => {
  const merge = changed("customers/seebank.ts");
  const found = project({ revisions: { seebank: "rewritten" }, changes: { last: merge } });
  expect(pending(merge, NAMES, found)).toMatchObject({ customers: ["seebank"], own: [] });
});

test("a removed customer whose destruction was never offered is removed by the next merge", () => {
  const merge = changed("docs/x.md");
  const found = pending(merge, NAMES, project({ changes: { last: merge }, living: [...NAMES, "gone"] }));
  expect(found).toMatchObject({ customers: [], removed: ["gone"] });
  const again = [{ path: "customers/gone.ts", deleted: true }];
  expect(pending(again, NAMES, project({ changes: { last: again }, living: [...NAMES, "gone"] }))).toMatchObject({
    removed: ["gone"],
  });
});
