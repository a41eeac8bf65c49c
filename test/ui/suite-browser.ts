import { afterAll, afterEach, beforeAll, expect, onTestFinished } from "vitest";
import { type Look, type Reader, ReaderBrowser } from "./browser.ts";
import { PageUnderTest } from "./page-under-test.ts";
import type { PlayedLane } from "./played-fleet.ts";

/** A browser for the tests of a file, whose readers have made no mistake when a test ends, and asked nobody else. */
export function suiteBrowser(): { readonly reader: (look?: Look) => Promise<Reader> } {
  let browser: ReaderBrowser | undefined;
  const readers: Reader[] = [];
  beforeAll(async () => {
    browser = await ReaderBrowser.start();
  });
  afterEach(async () => {
    const ended = readers.splice(0);
    await Promise.all(ended.map((reader) => reader.close()));
    for (const { mistakes, asked } of ended) {
      expect(mistakes).toEqual([]);
      expect([...asked].filter((host) => host !== "" && !host.startsWith("127.0.0.1:"))).toEqual([]);
    }
  });
  afterAll(async () => browser?.close());
  return {
    reader: async (look) => {
      if (browser === undefined) {
        throw new Error("the browser has not started");
      }
      const reader = await browser.reader(look);
      readers.push(reader);
      return reader;
    },
  };
}

/** A page that is closed when the test has ended, and its readers have left. */
export async function pageForTest(lanes: readonly PlayedLane[], sees?: readonly string[]): Promise<PageUnderTest> {
  const under = await PageUnderTest.open(lanes, sees);
  onTestFinished(() => under.close());
  return under;
}
