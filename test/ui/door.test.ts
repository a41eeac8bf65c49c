import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundlePage } from "../../nightwatch/page/bundle.ts";
import { PageUnderTest } from "./page-under-test.ts";
import { pageForTest, suiteBrowser } from "./suite-browser.ts";

const browser = suiteBrowser();
let under: PageUnderTest;
let host: string;
let key: string;
beforeAll(async () => {
  under = await PageUnderTest.open([{ customer: "nordbank" }]);
  const { host: found, hash } = new URL(under.door.address);
  [host, key] = [found, hash.slice("#key=".length)];
});
afterAll(async () => under?.close());

async function status(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${host}${path}`, { method, headers }, (answer) => {
      answer.destroy();
      resolve(answer.statusCode);
    });
    asked.once("error", reject).end();
  });
}

describe("the door that nightlane ui opens", () => {
  test("opens with the key alone, at its own address, and only for looking", async () => {
    const authorization = `Bearer ${key}`;
    expect(await status("/run?customer=nordbank", { authorization })).toBe(200);
    expect(await status("/run?customer=nordbank")).toBe(401);
    expect(await status("/events")).toBe(401);
    expect(await status("/events", { authorization: `Bearer ${key.slice(1)}x` })).toBe(401);
    expect(await status("/run?customer=nordbank", { authorization, host: "nights.attacker.example" })).toBe(421);
    expect(await status("/run?customer=nordbank", { authorization }, "POST")).toBe(404);
    expect(await status("/metrics", { authorization })).toBe(404);
    expect(await status("/__proto__", { authorization })).toBe(404);
  });

  test("lets the page load nothing from elsewhere, send nothing elsewhere, and be framed by nobody", async () => {
    const { headers } = await fetch(`http://${host}/`);
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; .*connect-src 'self'; .*frame-ancestors 'none', default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/,
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("is shut to a page of another site in the same browser", async () => {
    const other = await pageForTest([{ customer: "seebank" }]);
    const reader = await browser.reader();
    await reader.open(other.door.address);
    // Neither with the key nor without does the other page's request come through, or its answer come back.
    const asked = `fetch("http://${host}/run?customer=nordbank", { headers: { authorization: "Bearer ${key}" } })`;
    expect(await reader.page.evaluate(`${asked}.then(() => "answered", () => "refused")`)).toBe("refused");
    expect(reader.mistakes.splice(0).join()).toMatch(/Content Security Policy|CORS/);
  });
});

test("nightwatch tells nothing without a pass, and changes nothing", async () => {
  const ask = async (path: string, init?: RequestInit): Promise<number> =>
    (await fetch(`http://127.0.0.1:${under.port}${path}`, init)).status;
  expect(await ask("/")).toBe(401);
  expect(await ask("/events")).toBe(401);
  expect(await ask("/export", { headers: { "x-nightlane-pass": "forged" } })).toBe(401);
  expect(await ask("/run?customer=nordbank", { method: "POST", headers: { "x-nightlane-pass": "good" } })).toBe(405);
  expect(await ask("/nothing?customer=nordbank", { headers: { "x-nightlane-pass": "good" } })).toBe(404);
});

test("the browser's part is small", async () => {
  const { script, style } = await bundlePage();
  expect(gzipSync(script).length + gzipSync(style).length).toBeLessThan(150 * 1024);
});
