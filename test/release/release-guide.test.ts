import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readGuide } from "../e2e/deploy-guide/guide.ts";
import { Shell } from "../e2e/deploy-guide/shell.ts";
import { AUTHOR, cloneCheckout } from "../e2e/pipeline/checkout-clone.ts";
import { repositoryRoot } from "../farm/paths.ts";
import { cacheRoot } from "../farm/tools/cache.ts";

/** docs/release.md, command by command, from a checkout into a registry that the guide starts. */
const sections = readGuide(readFileSync(join(repositoryRoot, "docs", "release.md"), "utf8"));
const scratch = mkdtempSync(join(tmpdir(), "nightlane-release-guide-"));
const clone = join(scratch, "clone");
let shell: Shell;

beforeAll(() => {
  const home = join(scratch, "home");
  mkdirSync(home);
  cloneCheckout(join(scratch, "origin.git"), clone);
  // The packages are this checkout's: make must not install them again because the clone is newer.
  utimesSync(join(repositoryRoot, "node_modules", ".installed"), new Date(), new Date());
  shell = new Shell(scratch, clone, {
    ...AUTHOR,
    ...{ PATH: process.env.PATH ?? "", HOME: home, LANG: "C.UTF-8", NIGHTLANE_CACHE: cacheRoot() },
  });
});

afterAll(() => {
  shell?.end();
  rmSync(scratch, { recursive: true, force: true });
});

/** What has to be so once a section has been followed, by its number. */
const afterwards: Readonly<Record<string, () => void>> = {
  "3": () => {
    const images: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(clone, "images.json"), "utf8"));
    for (const image of Object.values(images)) {
      expect(image).toMatch(/^127\.0\.0\.1:5055\/nightlane\/[a-z-]+@sha256:[0-9a-f]{64}$/);
    }
    expect(readFileSync(join(clone, "CHANGELOG.md"), "utf8")).toMatch(/^# Releases\n\n## 1\.4\.0 \(/);
  },
  "5": () => {
    const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: clone, encoding: "utf8" }).trim();
    expect(git("status", "--porcelain")).toBe("");
    expect(git("tag")).toBe("");
  },
};

describe("docs/release.md", () => {
  test("leaves out one block of its sections, and says why", () => {
    expect(sections.flatMap(({ blocks }) => blocks.flatMap(({ notRun }) => notRun ?? []))).toEqual([
      "which has no GitLab",
    ]);
  });

  test.each(sections.map((section) => [section.title, section.blocks] as const))("%s", async (title, blocks) => {
    for (const { commands, notRun } of blocks) {
      if (notRun === undefined) {
        process.stdout.write(`${commands}${await shell.run(commands)}\n`);
      }
    }
    afterwards[title.split(".")[0] ?? ""]?.();
  });
});
