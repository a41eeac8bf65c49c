import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PHONE } from "./browser.ts";
import { PageUnderTest } from "./page-under-test.ts";
import { fortyLanes } from "./played-fleet.ts";
import { pageForTest, suiteBrowser } from "./suite-browser.ts";

const browser = suiteBrowser();
let under: PageUnderTest;
beforeAll(async () => {
  under = await PageUnderTest.open(fortyLanes());
});
afterAll(async () => under?.close());

describe("forty customers", () => {
  test("are on one time axis, the worst first, each with what it is about and when it ends", async () => {
    const reader = await browser.reader();
    await reader.open(under.door.address);
    const { page } = reader;
    expect(await page.locator(".counts").textContent()).toBe(
      "2 missed 1 failed 1 waiting for a decision 1 held 14 running 21 done ",
    );
    const customers = await page.locator(".row .who bdi").allTextContents();
    expect(customers).toHaveLength(40);
    expect(customers.slice(0, 5)).toEqual(["seeinvest", "seebank", "hafenspar", "alpenkredit", "talinvest"]);
    const alpenkredit = page.locator(".row", { hasText: "alpenkredit" });
    expect(await alpenkredit.textContent()).toContain(
      "waiting for a decision6/10 revaluation-credit1 h 10 min late, ends 05:16",
    );
    expect(await alpenkredit.textContent()).toContain("OutOfMemoryError in stage 4");
    expect(await page.locator(".row", { hasText: "talinvest" }).textContent()).toContain(
      "has been held for more than an hour, by anna@vendor.example: the customer loads corrected rates, ready at 03:30",
    );
    expect(await page.locator(".row", { hasText: "nordbank" }).textContent()).toContain(
      "04:25 by 06:00, 1 h 34 min spare",
    );
    expect(await reader.barriers()).toEqual([]);
    await reader.picture("nights");
  });

  test("are found by name, and opened with the keyboard alone", async () => {
    const reader = await browser.reader();
    await reader.open(under.door.address);
    const { page } = reader;
    await page.keyboard.press("/");
    await page.keyboard.type("Talin");
    expect(await page.locator(".row .who bdi").allTextContents()).toEqual(["talinvest"]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("h2", { hasText: "talinvest" }).waitFor();
    await page.locator(".panel h3", { hasText: "revaluation-rates held" }).waitFor();
  });

  test("fit a phone, and the reader's light room", async () => {
    const phone = await browser.reader({ size: PHONE });
    await phone.open(under.door.address);
    expect(await phone.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
    expect(await phone.barriers()).toEqual([]);
    await phone.picture("nights-phone");
    const light = await browser.reader({ scheme: "light" });
    await light.open(under.door.address);
    expect(await light.page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect(await light.barriers()).toEqual([]);
    await light.picture("nights-light");
    await light.page.getByRole("button", { name: "Dark" }).click();
    expect(await light.page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(15, 18, 22)");
  });

  test("are shown by one clock, which the reader chooses", async () => {
    const reader = await browser.reader();
    await reader.open(under.door.address);
    expect(await reader.page.locator(".clock").textContent()).toBe("03:10:00");
    await reader.page.getByRole("button", { name: "UTC" }).click();
    expect(await reader.page.locator(".clock").textContent()).toBe("02:10:00");
    expect(await reader.page.locator(".row", { hasText: "nordbank" }).textContent()).toContain("03:25 by 05:00");
  });
});

test("a quiet night says so, and what changes is there without a reload", async () => {
  const quiet = await pageForTest([
    { customer: "nordbank", slowness: 1.3 },
    { customer: "seebank", slowness: 1.3 },
  ]);
  const reader = await browser.reader();
  await reader.open(quiet.door.address);
  const { page } = reader;
  expect(await page.locator(".counts").textContent()).toBe("2 running ");
  expect(await page.locator(".part h2").allTextContents()).toEqual(["▾ Goes on 2"]);
  await reader.picture("quiet");
  await quiet.play({ customer: "seebank", happenings: { "revaluation-rates": { what: "fails", afterMinutes: 3 } } });
  await page.locator(".row.red", { hasText: "seebank" }).waitFor();
  expect(await page.locator(".part h2").allTextContents()).toEqual(["▾ Needs somebody 1", "▾ Goes on 1"]);
});

test("the reader is notified when nothing new comes", async () => {
  const alone = await PageUnderTest.open([{ customer: "nordbank" }]);
  const reader = await browser.reader();
  await reader.open(alone.door.address);
  await alone.close();
  await reader.page.locator(".banner", { hasText: "Nothing new since 03:10:00" }).waitFor();
  // That the browser says so too is what was asked for.
  expect(reader.mistakes.splice(0).join()).toMatch(/ERR_/);
});

test("a user who may see one customer sees that one, and nothing of another", async () => {
  const one = await pageForTest(fortyLanes().slice(0, 4), ["seebank"]);
  const reader = await browser.reader();
  await reader.open(one.door.address);
  expect(await reader.page.locator(".row .who bdi").allTextContents()).toEqual(["seebank"]);
  await reader.page.evaluate('location.hash = "#/past/nordbank"');
  await reader.page.locator(".empty", { hasText: "Nothing is known" }).waitFor();
  await one.round();
  expect(await reader.page.content()).not.toContain("alpenbank");
  expect(reader.mistakes.splice(0).join()).toMatch(/404/);
});
