import { expect, test } from "vitest";
import type { Night } from "../../chaos/nights/night.ts";
import { NoticeWatch } from "../../chaos/notice-watch.ts";
import type { Shown } from "../../chaos/shown.ts";

/** As much of a night as is watched: what it shows, one after the other, the last of it for good. */
function showing(...shown: readonly (Shown | undefined)[]): { readonly night: Night; readonly seen: Promise<void> } {
  const left = [...shown];
  let end = (): void => {};
  const seen = new Promise<void>((resolve) => {
    end = resolve;
  });
  const notice = async (): Promise<Shown | undefined> => {
    if (left.length === 1) {
      end();
    }
    return left.length > 1 ? left.shift() : left[0];
  };
  return { night: { notice } as Night, seen };
}

test("notes each trouble once, and none that was shown before the fault", async () => {
  const { night, seen } = showing(
    { kind: "image", words: "as it starts" },
    { kind: "credential", words: "the fault's" },
    { words: "a person must decide" },
    undefined,
  );
  const watch = new NoticeWatch(night);
  expect(watch.isInjected).toBe(false);
  await expect.poll(() => watch.notices.map(({ words }) => words)).toEqual(["as it starts"]);
  watch.injected();
  expect([watch.isInjected, watch.notices]).toEqual([true, []]);
  await seen;
  await watch.end();
  expect(watch.notices.map(({ kind, words }) => [kind, words])).toEqual([
    ["credential", "the fault's"],
    [undefined, "a person must decide"],
  ]);
});
