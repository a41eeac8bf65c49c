import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { lockFindings, PIP_LOCKS } from "../../../pipeline/supply/audit.ts";
import { npmPackages, pipPackages } from "../../../pipeline/supply/locks.ts";
import { temporaryFolder } from "../../support/folders.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

describe("lock files", () => {
  test("pin and hash every package, and name no address", () => {
    expect(lockFindings("package-lock.json", npmPackages(ROOT))).toEqual([]);
    for (const file of PIP_LOCKS) {
      expect(lockFindings(file, pipPackages(ROOT, file))).toEqual([]);
    }
  });

  test.each([
    ["no version", "requests\n", "pinned to no version"],
    ["no hash", "requests==2.32.0\n", "has no hash"],
    [
      "an address",
      `requests==2.32.0 --hash=sha256:${"0".repeat(64)} https://evil.example/r.whl\n`,
      "names https://evil",
    ],
    ["nothing", "# later\n", "names no package at all"],
  ])("are reported to have %s", (_, text, finding) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.lock"), text);
    expect(lockFindings("a.lock", pipPackages(folder, "a.lock")).join()).toContain(finding);
  });
});
