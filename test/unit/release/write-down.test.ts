import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { History } from "../../../pipeline/release/history.ts";
import { IMAGE_FILES } from "../../../pipeline/release/image-files.ts";
import type { References } from "../../../pipeline/release/registry.ts";
import { writeDown } from "../../../pipeline/release/write-down.ts";
import { AUTHOR } from "../../e2e/pipeline/checkout-clone.ts";
import { repositoryRoot } from "../../farm/paths.ts";
import { contents, temporaryFolder } from "../../support/folders.ts";

const REFERENCES = { runner: "new/runner", argoExecutor: "new/argoexec", ci: "new/ci" } as References;

let root: string;

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

function commit(subject: string, file = "docs/x.md"): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), subject);
  git("add", ".");
  git("commit", "--quiet", "--message", subject);
}

const record = (version: string): Promise<void> =>
  writeDown({
    ...{ version, date: "2026-03-27", references: REFERENCES, argo: { version: "4.0.10", fit: true } },
    ...{ root, history: new History(root) },
  });

const notes = (version: string): string => git("tag", "--list", "--format=%(contents)", `v${version}`);

/** All that a release may have changed here. */
function state() {
  const files = [...contents(root)].filter(([path]) => !path.startsWith(".git/"));
  return { files, head: git("rev-parse", "HEAD"), status: git("status", "--porcelain"), tags: git("tag") };
}

beforeEach(() => {
  root = temporaryFolder();
  // Nothing about the user who runs the tests counts.
  vi.stubEnv("GIT_CONFIG_GLOBAL", "/dev/null");
  vi.stubEnv("GIT_CONFIG_NOSYSTEM", "1");
  for (const [name, value] of Object.entries(AUTHOR)) {
    vi.stubEnv(name, value);
  }
  git("init", "--quiet", "--initial-branch", "main");
  for (const file of IMAGE_FILES) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), readFileSync(join(repositoryRoot, file)));
  }
  commit("Begin");
});

afterEach(() => vi.unstubAllEnvs());

test("a release is one commit with its tag", async () => {
  await record("1.4.0");
  expect(state()).toMatchObject({ status: "", tags: "v1.4.0" });
  expect(git("log", "--format=%s", "-1")).toBe("Release 1.4.0");
  expect(JSON.parse(readFileSync(join(root, "images.json"), "utf8"))).toMatchObject({ runner: "new/runner" });
  expect(notes("1.4.0")).toContain("The first release.");
});

test.each([
  ["the commit", "git commit failed", () => hook("pre-commit")],
  ["the tag", "git tag failed", () => git("config", "tag.gpgSign", "true") + git("config", "gpg.program", "false")],
])("where git refuses %s, nothing is left of it, and the same goes on afterwards", async (_, message, refuse) => {
  for (const version of ["1.4.0", "1.5.0"]) {
    const before = state();
    refuse();
    await expect(record(version)).rejects.toThrow(message);
    expect(state()).toEqual(before);
    await expect(new History(root).mayRelease(version)).resolves.toBeUndefined();
    rmSync(join(root, ".git/hooks/pre-commit"), { force: true });
    git("config", "tag.gpgSign", "false");
    await record(version);
    expect(state()).toMatchObject({ status: "", tags: expect.stringContaining(`v${version}`) });
  }
});

function hook(name: string): void {
  mkdirSync(join(root, ".git/hooks"), { recursive: true });
  writeFileSync(join(root, ".git/hooks", name), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
}

test("before anything is built, git must know who commits", async () => {
  for (const name of Object.keys(AUTHOR)) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("EMAIL", undefined);
  git("config", "user.useConfigOnly", "true");
  await expect(new History(root).mayRelease("1.4.0")).rejects.toThrow(
    /^git var GIT_AUTHOR_IDENT: received\n[\s\S]+\n {4}rule: .+\n {4}fix: git config user.name/,
  );
  git("config", "user.name", "Tester");
  git("config", "user.email", "tester@nightlane.example");
  await expect(new History(root).mayRelease("1.4.0")).resolves.toBeUndefined();
});

/** Brings a release into `main` in one of GitLab's ways. */
const MERGES: Readonly<Record<string, () => void>> = {
  "by a merge commit": () => git("merge", "--quiet", "--no-ff", "--message", "Merge branch", "release"),
  squashed: () => {
    git("merge", "--quiet", "--squash", "release");
    git("commit", "--quiet", "--message", "Release 1.9.0 (!12)");
  },
  rebased: () => git("cherry-pick", "release"),
};

test.each(Object.entries(MERGES))(
  "notes tell what came after the last release, which was merged %s",
  async (_, merge) => {
    git("switch", "--quiet", "--create", "older");
    await record("1.8.0");
    git("switch", "--quiet", "main");
    git("merge", "--quiet", "--ff-only", "older");
    commit("In 1.9", "runner/x.py");
    git("switch", "--quiet", "--create", "release");
    await record("1.9.0");
    git("switch", "--quiet", "main");
    commit("Merged meanwhile", "ops/x.ts");
    merge();
    commit("After it", "customers/x.ts");
    await record("1.10.0");
    expect(notes("1.10.0")).toContain("2 changes since 1.9.0.");
    expect(notes("1.10.0")).toMatch(/- After it\n[\s\S]+- Merged meanwhile\n/);
    expect(notes("1.10.0")).not.toMatch(/- (In 1\.9|Release|Begin)/);
  },
);

test("the last release is the highest, and comes after its candidates", async () => {
  for (const tag of ["v1.9.0", "v1.10.0", "v1.10.0-rc.1", "vendor"]) {
    git("tag", tag);
  }
  expect(await new History(root).lastTag()).toBe("v1.10.0");
});
