import { describe, expect, test } from "vitest";
import type { Recipe } from "../../farm/tools/recipe.ts";
import { recipes } from "../../farm/tools/recipes.ts";
import { architecture } from "../../farm/tools/release/release.ts";
import type { Reporter, Whole } from "../../farm/tools/reporter.ts";
import { buildSeconds, secondsLeft, ToolRun } from "../../farm/tools/tool-run.ts";

const build = (expected: number, taken = 0) => ({ way: "build", expected, taken }) as const;
const download = (expected: number, taken = 0) => ({ way: "download", expected, taken }) as const;

describe("what is left of a run", () => {
  test("is what is recorded, before anything has ended", () => {
    expect(secondsLeft([], build(100), [build(200), build(300)])).toBe(600);
    expect(secondsLeft([], build(100, 40), [build(200)])).toBe(260);
  });

  test("follows the pace of what has ended, more the more that is", () => {
    expect(secondsLeft([build(60, 120)], build(100), [])).toBe(150);
    expect(secondsLeft([build(540, 1140)], build(100), [])).toBe(200);
    expect(secondsLeft([build(540, 240)], build(100), [])).toBe(50);
  });

  test("grows with the one that takes longer than its pace, and is never less than nothing", () => {
    expect(secondsLeft([], build(60, 120), [])).toBe(0);
    expect(secondsLeft([], build(60, 180), [build(100)])).toBe(200);
  });

  test("judges builds by builds, and downloads by downloads", () => {
    expect(secondsLeft([download(10, 150)], build(100), [])).toBe(100);
    expect(secondsLeft([download(60, 120)], download(10), [])).toBe(15);
  });
});

const tool = (name: string, released: boolean): Recipe => ({
  name,
  version: "1.0.0",
  products: [{ name }],
  goModule: "/x",
  ...(released ? { release: () => ({ url: "https://x.example/x", checksums: "https://x.example/sums" }) } : {}),
  key: async () => "1",
  build: async () => {},
});

/** A run at a clock of the test's, and what a task that runs would show of it. */
function runOf(names: readonly (readonly [string, boolean])[], downloads: boolean) {
  let seconds = 0;
  let shown: (() => Whole) | undefined;
  const reporter: Reporter = {
    note: () => {},
    begin: (_label, whole) => {
      shown = whole;
      return { done: () => {}, failed: () => {} };
    },
  };
  const planned = names.map(([name, released]) => ({ recipe: tool(name, released), products: [{ name }] }));
  const run = new ToolRun(planned, downloads, () => seconds * 1000);
  return {
    run,
    reporter,
    /** Makes the next tool in so many seconds, looking at what is shown after `at` of them. */
    make: (way: "download" | "build", taken: number, at: number, ending: "done" | "failed" = "done") => {
      const task = run.during(way, reporter).begin("x");
      seconds += at;
      const seen = shown?.().text;
      seconds += taken - at;
      task[ending]();
      return seen;
    },
  };
}

const processor = architecture();

describe("the line of a run", () => {
  test("tells which tool it is, since when, and what is left", () => {
    const { run, make } = runOf(
      [
        ["kube-router", false],
        ["etcd", false],
        ["helm", false],
      ],
      false,
    );
    run.next();
    expect(make("build", 60, 0)).toBe("tool 1 of 3, 0.0 s, about 6 min left");
    run.next();
    expect(make("build", 20, 20)).toMatch(/^tool 2 of 3, 80 s, about [23] min left$/);
    run.next();
    expect(make("build", 30, 30)).toMatch(/^tool 3 of 3, 1 min 50 s, /);
  });

  test("ends with words where figures end", () => {
    const { run, make } = runOf([["etcd", false]], false);
    run.next();
    expect(make("build", 900, 10)).toBe("tool 1 of 1, 10 s, less than a minute left");
    run.next();
    expect(make("build", 900, 900)).toBe("tool 2 of 1, 30 min 0 s, longer than expected");
  });

  test.runIf(processor)("waits with an estimate until it is known whether releases can be had", () => {
    const { run, make } = runOf(
      [
        ["etcd", true],
        ["helm", true],
        ["prometheus", true],
      ],
      true,
    );
    run.next();
    expect(make("download", 8, 5, "failed")).toBe("tool 1 of 3, 5.0 s");
    expect(make("build", 25, 0)).toMatch(/^tool 1 of 3, 8\.0 s, about \d+ min left$/);
    run.next();
    make("download", 5, 0);
    run.next();
    expect(make("download", 5, 0)).toBe("tool 3 of 3, 38 s, less than a minute left");
  });
});

test("every recorded figure is that of a recipe", () => {
  const names: readonly string[] = recipes.map(({ name }) => name);
  expect(Object.keys(buildSeconds).filter((name) => !names.includes(name))).toEqual([]);
});
