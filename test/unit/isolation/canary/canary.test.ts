import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { canariesOf, findAny } from "../../../boundary/canary/canary.ts";
import { filesBelow } from "../../../boundary/canary/file-places.ts";
import { canaryLines, isContained } from "../../../boundary/canary/run-canary.ts";

const TOKEN = "header.payload.this-is-the-signature-of-it";
const kubeconfig = stringify({ users: [{ name: "n", user: { token: TOKEN } }] });

describe("canariesOf", () => {
  test("looks for a token's signature, in every form", () => {
    const canaries = canariesOf("nordbank", "kubeconfig", kubeconfig);
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    expect(findAny(`token: ${TOKEN}`, canaries)).toBe("kubeconfig of nordbank, plain");
    expect(findAny(base64(kubeconfig), canaries)).toBe("kubeconfig of nordbank, in base64");
    expect(findAny(base64(base64(kubeconfig)), canaries)).toBe("kubeconfig of nordbank, in base64 of base64");
    expect(findAny("header.payload", canaries)).toBeUndefined();
  });

  test("looks for a whole named token, and refuses one that could occur by chance", () => {
    expect(findAny("a long-enough-market-token z", canariesOf("n", "market", "long-enough-market-token\n"))).toBe(
      "market of n, plain",
    );
    expect(() => canariesOf("n", "market", "short")).toThrow("fewer than 16 characters");
  });
});

describe("filesBelow", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "canary-test-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("reads every file, also one that a piece's end would cut in two", async () => {
    mkdirSync(join(folder, "deep", "er"), { recursive: true });
    writeFileSync(join(folder, "deep", "er", "small"), "x");
    writeFileSync(join(folder, "large"), `${"x".repeat(8 * 1024 * 1024 - 10)}${TOKEN}`);
    const canaries = canariesOf("nordbank", "kubeconfig", kubeconfig);
    const seen: string[] = [];
    const found: string[] = [];
    for await (const { where, text } of filesBelow("files", async () => [folder]).texts()) {
      seen.push(where);
      if (findAny(text, canaries) !== undefined) {
        found.push(where);
      }
    }
    expect(new Set(seen)).toEqual(new Set([join(folder, "deep", "er", "small"), join(folder, "large")]));
    expect(found).toEqual([join(folder, "large")]);
  });
});

describe("the canary's report", () => {
  const home = { where: "Secret customer-nordbank/credential, key kubeconfig", found: true };
  const clean = { place: "dist", texts: 90, findings: [] };

  test("holds if each is at home and nowhere else", () => {
    const report = { values: 1, homes: [home], places: [clean] };
    expect(isContained(report)).toBe(true);
    expect(canaryLines(report).at(-1)).toBe(
      "canary: 1 values, found in 1 of the 1 places where they belong and in 0 of 90 others",
    );
  });

  test("does not hold if one is elsewhere, is not at home, or a place was not looked at", () => {
    const leaked = { ...clean, findings: ["dist/x.yaml: kubeconfig of nordbank, plain"] };
    expect(isContained({ values: 1, homes: [home], places: [leaked] })).toBe(false);
    expect(isContained({ values: 1, homes: [{ ...home, found: false }], places: [clean] })).toBe(false);
    expect(isContained({ values: 1, homes: [home], places: [{ ...clean, texts: 0 }] })).toBe(false);
    expect(isContained({ values: 0, homes: [], places: [clean] })).toBe(false);
    expect(canaryLines({ values: 1, homes: [home], places: [leaked] })).toContain(
      "  dist/x.yaml: kubeconfig of nordbank, plain",
    );
  });
});
