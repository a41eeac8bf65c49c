import { expect, test } from "vitest";
import type { Night } from "../../chaos/nights/night.ts";
import { NoticeWatch } from "../../chaos/notice-watch.ts";
import type { Shown } from "../../chaos/shown.ts";

test("notes each trouble once, and none that was over before the fault", async () => {
  let shown: Shown | undefined;
  // As much of a night as is watched.
  const watch = new NoticeWatch({ notice: async () => shown } as Night);
  const seen = async (now: Shown | undefined) => {
    shown = now;
    return (await watch.notices()).map(({ words }) => words);
  };
  try {
    expect(await seen({ kind: "image", words: "as it starts" })).toEqual(["as it starts"]);
    await seen(undefined);
    expect(watch.isInjected).toBe(false);
    watch.injected();
    expect(watch.isInjected).toBe(true);
    expect(await seen(undefined)).toEqual([]);
    await seen({ kind: "credential", words: "the fault's" });
    await seen({ kind: "credential", words: "the same, once more" });
    expect(await seen({ words: "a person must decide" })).toEqual(["the fault's", "a person must decide"]);
  } finally {
    await watch.end();
  }
});
