import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { PageUnderTest } from "./page-under-test.ts";
import { fortyLanes } from "./played-fleet.ts";
import { suiteBrowser } from "./suite-browser.ts";

const browser = suiteBrowser();
let under: PageUnderTest;
beforeAll(async () => {
  under = await PageUnderTest.open(fortyLanes());
});
afterAll(async () => under?.close());

test("the last nights are a grid: how long each step took, and which results are those of the night before", async () => {
  const reader = await browser.reader();
  await reader.open(under.door.address);
  const { page } = reader;
  await page.evaluate('location.hash = "#/past/nordbank"');
  await page.locator(".grid").waitFor();
  // Tonight's, and the twenty that are recorded, the newest first.
  const dates = await page.locator(".grid thead th a").allTextContents();
  expect(dates).toHaveLength(21);
  expect(dates.slice(0, 2)).toEqual(["11-26", "11-25"]);
  const scenarios = await page.locator(".grid tr", { hasText: "scenarios" }).locator("td").allTextContents();
  expect(scenarios[6]).toBe("752");
  expect(scenarios[4]).toBe("74=results of the night before");
  const figures = page.getByRole("region", { name: "Figures" });
  const newest = await figures.locator("tbody tr").first().locator("th, td").allTextContents();
  expect(newest.slice(0, 5)).toEqual([
    "VaR 99",
    "var-es",
    "2026-11-25",
    "1454000",
    "+17.2 % against 1241000 on 2026-11-24",
  ]);
  expect(await figures.locator("tbody tr").count()).toBe(2);
  const course = figures.getByRole("img", {
    name: /^20 nights from 2026-11-06 to 2026-11-25: lowest 1\d+, highest 1454000$/,
  });
  expect(await course.count()).toBe(1);
  expect(await reader.barriers()).toEqual([]);
  await reader.picture("past");
  await page.locator(".grid thead th a").nth(6).click();
  await page.locator("h2", { hasText: "2026-11-20" }).waitFor();
});

test("a handover tells what is open, what people did and why, what goes on, and what is to come", async () => {
  const reader = await browser.reader();
  await reader.open(under.door.address);
  const { page } = reader;
  await page.getByRole("link", { name: "Handover" }).click();
  await page.locator("h2", { hasText: "Handover at 2026-11-27 03:10" }).waitFor();
  const part = (title: string) => page.getByRole("region", { name: title, exact: true });
  expect(await part("Open").locator("li").count()).toBe(6);
  expect(await part("Open").textContent()).toContain("nightlane replay hafenspar --date 2026-11-26 --from curves");
  expect(await part("What people did").locator("li").allTextContents()).toEqual([
    "00:05 anna@vendor.example: hold talinvest revaluation-rates – the customer loads corrected rates, ready at 03:30",
  ]);
  expect(await part("Goes on").locator("li").count()).toBe(16);
  expect((await part("Begins in the next 12 hours").locator("li").allTextContents()).slice(0, 1)).toEqual([
    "04:30 hafentreu",
  ]);
  expect(await reader.barriers()).toEqual([]);
  await reader.picture("handover", true);
});

test("a copy stands by itself: every view, without anybody to ask", async () => {
  const answer = await fetch(`http://127.0.0.1:${under.port}/export`, { headers: { "x-nightlane-pass": "good" } });
  const folder = mkdtempSync(join(tmpdir(), "nightlane-copy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "nights.html");
  writeFileSync(file, await answer.text());
  const reader = await browser.reader();
  await reader.open(`file://${file}`);
  const { page } = reader;
  expect(await page.locator(".row").count()).toBe(40);
  expect(await page.locator(".clock").textContent()).toBe("as of 2026-11-27 03:10");
  await page.locator(".row", { hasText: "alpenkredit" }).locator("a").click();
  await page.locator(".panel", { hasText: "waits for a decision" }).waitFor();
  await page.getByRole("link", { name: "Last 30 nights" }).click();
  await page.locator(".grid").waitFor();
});
