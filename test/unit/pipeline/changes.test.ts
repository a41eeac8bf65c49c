import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addedBetween, changedFiles, isBefore, isCommit } from "../../../pipeline/changes.ts";

let repository: string;
const git = (...args: string[]): string => execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
const commit = (): string => {
  git("add", "--all");
  git("-c", "user.name=t", "-c", "user.email=t@t.example", "commit", "--quiet", "--message", "x");
  return git("rev-parse", "HEAD");
};
const write = (file: string, text: string): void => writeFileSync(join(repository, file), text);

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), "nightlane-changes-"));
  git("init", "--quiet");
  mkdirSync(join(repository, "customers"));
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

test("tells what was added, changed and deleted; a rename is both", () => {
  write("customers/a.ts", "the same words in both, long enough to look like a rename");
  write("gone.md", "x");
  write("name with space.md", "x");
  const base = commit();
  renameSync(join(repository, "customers/a.ts"), join(repository, "customers/b.ts"));
  rmSync(join(repository, "gone.md"));
  write("name with space.md", "y");
  const head = commit();
  expect(changedFiles(base, head, repository)).toEqual([
    { path: "customers/a.ts", deleted: true },
    { path: "customers/b.ts", deleted: false },
    { path: "gone.md", deleted: true },
    { path: "name with space.md", deleted: false },
  ]);
  expect(changedFiles(head, head, repository)).toEqual([]);
});

test.each(["", "0".repeat(40), "f".repeat(40), "no-such-branch"])("base %j says nothing of what was before", (base) => {
  expect(isCommit(base, repository)).toBe(false);
  expect(changedFiles(base, "HEAD", repository)).toBeUndefined();
});

test("a file that was removed and put back was added in between, though nothing differs; one in a folder is another's", () => {
  write("customers/back.ts", "x");
  const base = commit();
  expect(addedBetween(base, base, ":(glob)customers/*.ts", repository)).toEqual([]);
  rmSync(join(repository, "customers/back.ts"));
  mkdirSync(join(repository, "customers/shared"));
  write("customers/shared/books.ts", "x");
  commit();
  write("customers/back.ts", "x");
  commit();
  write("later.md", "x");
  const head = commit();
  expect(changedFiles(base, head, repository)?.map(({ path }) => path)).toEqual([
    "customers/shared/books.ts",
    "later.md",
  ]);
  expect(addedBetween(base, head, ":(glob)customers/*.ts", repository)).toEqual([
    { path: "customers/back.ts", deleted: false },
  ]);
});

test("a commit is before another one where that one has grown from it, and nowhere else", () => {
  write("order.md", "1");
  const older = commit();
  write("order.md", "2");
  const newer = commit();
  expect(isBefore(older, newer, repository)).toBe(true);
  expect(isBefore(newer, older, repository)).toBe(false);
  expect(isBefore(newer, newer, repository)).toBe(false);
  const who = ["-c", "user.name=t", "-c", "user.email=t@t.example"];
  expect(isBefore(git(...who, "commit-tree", "HEAD^{tree}", "-m", "unrelated"), newer, repository)).toBe(false);
  expect(isBefore("0123456789abcdef0123456789abcdef01234567", newer, repository)).toBe(false);
});
