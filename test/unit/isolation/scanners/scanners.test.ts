import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readDistObjects } from "../../../scanners/dist-object.ts";
import { readScanWaivers, type ScanWaiver, waives } from "../../../scanners/waivers.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "scan-test-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("readDistObjects", () => {
  test("names every object", () => {
    writeFileSync(join(folder, "a.yaml"), "kind: Role\nmetadata: {name: x, namespace: lane}\n");
    expect(readDistObjects(folder)).toEqual([{ file: "a.yaml", kind: "Role", name: "Role lane/x" }]);
  });

  test("refuses an empty folder, on which scanners end well", () => {
    expect(() => readDistObjects(folder)).toThrow("no manifest");
  });

  test("refuses a file with two objects, of which scanners read one", () => {
    writeFileSync(join(folder, "a.yaml"), "kind: Role\n---\nkind: Role\n");
    expect(() => readDistObjects(folder)).toThrow("one object per file");
  });
});

describe("waivers", () => {
  const waiver: ScanWaiver = {
    scanner: "checkov",
    check: "CKV_1",
    object: "Deployment *results",
    reason: "because it is",
  };
  const finding = { scanner: "checkov", check: "CKV_1", object: "Deployment risk/results", message: "" } as const;

  test("cover one check of one scanner, on the objects they name", () => {
    expect(waives(waiver, finding)).toBe(true);
    expect(waives(waiver, { ...finding, check: "CKV_10" })).toBe(false);
    expect(waives(waiver, { ...finding, scanner: "kube-score" })).toBe(false);
    expect(waives(waiver, { ...finding, object: "Deployment risk/results-2" })).toBe(false);
    expect(waives({ ...waiver, object: "Deployment risk.results" }, finding)).toBe(false);
  });

  test("of the repository all have a reason", () => {
    expect(readScanWaivers().length).toBeGreaterThan(0);
    const file = join(folder, "waivers.json");
    writeFileSync(file, JSON.stringify([{ scanner: "checkov", check: "CKV_1", object: "*" }]));
    expect(() => readScanWaivers(file)).toThrow("waiver 1");
  });
});
