import { afterAll, beforeAll, expect, test } from "vitest";
import { ReaderBrowser } from "./browser.ts";
import { PageUnderTest } from "./page-under-test.ts";
import { fortyLanes } from "./played-fleet.ts";

let browser: ReaderBrowser;
beforeAll(async () => {
  browser = await ReaderBrowser.start();
});
afterAll(async () => browser?.close());

test("forty customers are on one time axis, the worst first", async () => {
  const under = await PageUnderTest.open(fortyLanes());
  const reader = await browser.reader();
  await reader.open(under.door.address);
  await reader.page.locator(".row").first().waitFor();
  await reader.picture("nights");
  expect(await reader.barriers()).toEqual([]);
  expect(reader.mistakes).toEqual([]);
  await reader.close();
  await under.close();
});
