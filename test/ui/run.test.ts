import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PHONE } from "./browser.ts";
import { PageUnderTest } from "./page-under-test.ts";
import { fortyLanes } from "./played-fleet.ts";
import { largeNight } from "./played-night.ts";
import { pageForTest, suiteBrowser } from "./suite-browser.ts";

const browser = suiteBrowser();
let under: PageUnderTest;
beforeAll(async () => {
  under = await PageUnderTest.open(fortyLanes());
});
afterAll(async () => under?.close());

describe("one run", () => {
  test("that is broken shows what failed, its remote Job, and the exact commands", async () => {
    const reader = await browser.reader();
    await reader.open(under.door.address);
    const { page } = reader;
    await page.locator(".row", { hasText: "alpenkredit" }).locator("a").click();
    const panel = page.locator(".panel", { hasText: "revaluation-credit waits for a decision" });
    await panel.waitFor();
    expect(await panel.textContent()).toMatch(/nl-revaluation-credit-[0-9a-f]+/);
    expect(await panel.textContent()).toContain("failed, exit code 1");
    expect(await panel.locator("code").allTextContents()).toEqual([
      expect.stringMatching(/^nightlane adopt alpenkredit/),
      expect.stringMatching(/^nightlane retry alpenkredit revaluation-credit --night night-\d+ --reason "..."$/),
      expect.stringMatching(/^nightlane skip alpenkredit/),
      expect.stringMatching(/^nightlane abort alpenkredit/),
      "nightlane logs alpenkredit revaluation-credit --date 2026-11-26 --run 1",
    ]);
    await panel.getByRole("button").first().click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toMatch(/^nightlane adopt alpenkredit/);
    expect(await reader.barriers()).toEqual([]);
    await reader.picture("run", true);
  });

  test("that was retried has each attempt by itself, and what waits for what as a graph", async () => {
    const reader = await browser.reader();
    await reader.open(under.door.address);
    const { page } = reader;
    await page.evaluate('location.hash = "#/run/nordbank"');
    await page.locator(".timeline .row", { hasText: "scenarios" }).getByRole("button").click();
    const panel = page.locator(".panel", { hasText: "scenarios succeeded" });
    const attempts = await panel.locator("tbody tr").allTextContents();
    expect(attempts[0]).toMatch(/^1.*40 minfailed, exit code 1/);
    expect(attempts[2]).toMatch(/^2.*1 h 33 minsucceeded.*[0-9a-f]{12}$/);
    expect(await page.locator(".timeline .row", { hasText: "scenarios" }).locator(".bar").count()).toBe(3);
    const boxes = await page.locator(".dag .box").allTextContents();
    expect(boxes).toHaveLength(10);
    await page.locator(".dag .box", { hasText: "curves" }).press("Enter");
    await page.locator(".panel h3", { hasText: "curves" }).waitFor();
  });

  test("that is held shows who holds it and why", async () => {
    const reader = await browser.reader();
    await reader.open(under.door.address);
    await reader.page.evaluate('location.hash = "#/run/talinvest"');
    const panel = reader.page.locator(".panel", { hasText: "revaluation-rates held" });
    expect(await panel.locator(".acts").textContent()).toBe(
      "2026-11-27 00:05 hold revaluation-rates by anna@vendor.example: the customer loads corrected rates, ready at 03:30",
    );
    expect(await panel.locator("code").first().textContent()).toMatch(/^nightlane release talinvest revaluation-rates/);
    await reader.picture("run-held", true);
  });

  test("that has ended comes from its record", async () => {
    const reader = await browser.reader();
    await reader.open(under.door.address);
    await reader.page.evaluate('location.hash = "#/run/sternbank"');
    await reader.page.locator(".facts", { hasText: "ended" }).waitFor();
    await reader.page.locator(".timeline .row", { hasText: "report" }).getByRole("button").click();
    await reader.page.locator(".panel table").waitFor();
  });

  test("fits a phone", async () => {
    const phone = await browser.reader({ size: PHONE });
    await phone.open(under.door.address);
    await phone.page.evaluate('location.hash = "#/run/alpenkredit"');
    await phone.page.locator(".timeline .row").first().waitFor();
    expect(await phone.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
    await phone.picture("run-phone", true);
  });
});

test("a night of 400 steps is shown in groups, which open", async () => {
  const steps = largeNight(392);
  const large = await pageForTest([
    {
      customer: "nordbank",
      steps,
      past: 3,
      happenings: { "revaluation-117": { what: "fails", afterMinutes: 9 } },
    },
  ]);
  const reader = await browser.reader();
  await reader.open(large.door.address);
  const { page } = reader;
  await page.evaluate('location.hash = "#/run/nordbank"');
  const group = page.locator(".timeline .row", { hasText: "revaluation-* ×392" });
  await group.waitFor();
  expect(await page.locator(".timeline .row").count()).toBeLessThan(12);
  expect(await page.locator(".dag .box").count()).toBeLessThan(12);
  expect(await group.textContent()).toMatch(/1 deciding, \d+ running, \d+ succeeded|1 deciding, \d+ succeeded/);
  await reader.picture("run-400", true);
  await group.getByRole("button").click();
  expect(await page.locator(".timeline .row .who bdi").nth(5).textContent()).toBe("revaluation-117");
  await page.locator(".dag .box", { hasText: "revaluation-*" }).click();
  expect(await page.locator(".members li").count()).toBe(392);
});
