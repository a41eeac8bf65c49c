import { expect, test } from "vitest";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { ORDINARY } from "./played-night.ts";
import { pageForTest, suiteBrowser } from "./suite-browser.ts";

const browser = suiteBrowser();

/** What a log, a customer's cluster or a person may say: markup, script, ends of elements, turned and endless text. */
const HOSTILE = `<img src=x onerror="window.taken=1"></script><script>window.taken=1</script>\u202Egnp.exe" onfocus=window.taken=1 autofocus ${"W".repeat(3000)}`;

/** A slash parts a customer from its further nights; all else a name could have. */
const CUSTOMER = `bank"><img src=x onerror=window.taken=1>`;

test("hostile texts in every field are shown as texts, and take nothing over", async () => {
  const name = `step<svg/onload=window.taken=1>`;
  const under = await pageForTest([
    {
      customer: CUSTOMER,
      past: 2,
      steps: [...ORDINARY, { name, kind: "spark", after: [], minutes: 5 }],
      happenings: {
        curves: { what: "fails", afterMinutes: 2, message: HOSTILE },
        [name]: { what: "fails", afterMinutes: 1, message: HOSTILE },
      },
      acts: [{ by: HOSTILE, verb: "note", step: "curves", reason: HOSTILE, at: "2026-11-27T01:00:00Z" }],
    },
    { customer: "nordbank" },
  ]);
  const reader = await browser.reader();
  await reader.open(under.door.address);
  const { page } = reader;
  const untouched = async (): Promise<void> => {
    expect(await page.evaluate("window.taken")).toBeUndefined();
    expect(await page.locator("img, main script, svg svg").count()).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(1280);
  };
  expect(await page.locator(".row.red .who").first().textContent()).toContain(CUSTOMER);
  await untouched();
  await page.locator(".row.red a").first().click();
  for (const step of [name, "curves"]) {
    await page.locator(".timeline .row", { hasText: step }).getByRole("button").click();
    await page.locator(".panel h3", { hasText: step }).waitFor();
    await untouched();
  }
  await page.evaluate('location.hash = "#/handover"');
  await page.locator("h2", { hasText: "Handover" }).waitFor();
  expect(await page.locator("main").textContent()).toContain("<img src=x onerror=");
  await untouched();
  await page.evaluate(`location.hash = '#/past/' + encodeURIComponent(${JSON.stringify(CUSTOMER)})`);
  await page.locator(".grid").waitFor();
  await untouched();
});

test("each of the texts that other places are tried with is a text in a run, and no link", async () => {
  const texts = Object.entries(HOSTILE_TEXTS);
  const steps = texts.map((_, index) => ({ name: `step-${index}`, kind: "spark", after: [], minutes: 5 }) as const);
  const happenings = Object.fromEntries(
    texts.map(([, message], index) => [`step-${index}`, { what: "fails", afterMinutes: 1, message }] as const),
  );
  const under = await pageForTest([{ customer: "nordbank", steps, happenings }]);
  const reader = await browser.reader();
  await reader.open(under.door.address);
  const { page } = reader;
  await page.locator(".row.red a").first().click();
  let contained = 0;
  for (const [index, [what]] of texts.entries()) {
    const name = `step-${index}`;
    await page
      .locator(".timeline .row", { has: page.getByText(name, { exact: true }) })
      .getByRole("button")
      .click();
    await page.locator(".panel h3", { hasText: name }).waitFor();
    expect(await page.evaluate("window.taken"), what).toBeUndefined();
    expect(await page.locator('main img, main script, svg svg, a[href*="evil"]').count(), what).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth"), what).toBeLessThanOrEqual(1280);
    contained += 1;
  }
  console.log(`hostile: ${texts.length} attacks, ${contained} contained`);
});

test("no address behind # takes the page over, or breaks it", async () => {
  const under = await pageForTest([{ customer: "nordbank" }]);
  const reader = await browser.reader();
  await reader.open(under.door.address);
  for (const place of [
    "#/run/%E0%A4%A",
    "#/run/<img src=x onerror=window.taken=1>",
    "#/past/__proto__",
    "#/run//../..",
  ]) {
    await reader.page.evaluate(`location.hash = ${JSON.stringify(place)}`);
    await reader.page.locator("main").waitFor();
    expect(await reader.page.evaluate("window.taken")).toBeUndefined();
  }
  await reader.page.evaluate('location.hash = "#/"');
  await reader.page.locator(".row", { hasText: "nordbank" }).waitFor();
  // What is not known was asked for, and answered so; whatever is still to be answered ends with the page.
  await reader.page.goto("about:blank");
  reader.mistakes.splice(0).forEach((mistake) => {
    expect(mistake).toMatch(/404/);
  });
});
