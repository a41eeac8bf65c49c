import { execFileSync, spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isOvertaken, OVERTAKEN } from "../../../pipeline/newest.ts";
import { AUTHOR } from "../../e2e/pipeline/checkout-clone.ts";
import { repositoryRoot } from "../../farm/paths.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { GitlabDeployments } from "../../support/gitlab-deployments.ts";

let gitlab: GitlabDeployments;
beforeEach(async () => {
  gitlab = await new GitlabDeployments().start();
});
afterEach(() => gitlab.stop());

/** A repository with two commits on its default branch, and a job's checkout of the first one. */
function twoMerges() {
  const folder = temporaryFolder();
  const [work, checkout] = [join(folder, "work"), join(folder, "checkout")];
  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync("git", args, { cwd, encoding: "utf8", env: { ...process.env, ...AUTHOR } }).trim();
  const commit = (content: string): string => {
    writeFileSync(join(work, "file"), content);
    git(work, "add", ".");
    git(work, "commit", "--quiet", "--message", content);
    return git(work, "rev-parse", "HEAD");
  };
  git(folder, "init", "--quiet", "--initial-branch", "main", work);
  const older = commit("older");
  git(folder, "clone", "--quiet", work, checkout);
  const newer = commit("newer");
  /** A commit that no branch has: what history was before it was rewritten. */
  const rewritten = git(work, "commit-tree", "HEAD^{tree}", "-m", "rewritten");
  return { work, checkout, older, newer, rewritten };
}

test("a deployment is overtaken by a newer revision, also one that its checkout has not seen yet", () => {
  const { checkout, older, newer } = twoMerges();
  expect(isOvertaken(older, undefined, checkout)).toBe(false);
  expect(isOvertaken(older, older, checkout)).toBe(false);
  expect(isOvertaken(older, newer, checkout)).toBe(true);
  expect(isOvertaken(newer, older, checkout)).toBe(false);
});

test("a revision of a history that was rewritten holds nothing back", () => {
  const { checkout, older, rewritten } = twoMerges();
  expect(isOvertaken(older, rewritten, checkout)).toBe(false);
});

test("nothing is deployed over a revision that nobody knows, or that cannot be fetched now", () => {
  const { work, checkout, older, newer } = twoMerges();
  expect(() => isOvertaken(older, "0123456789abcdef0123456789abcdef01234567", checkout)).toThrow(
    /^the commit that is deployed: received "0123456789abcdef0123456789abcdef01234567", of which git says: .+\n {4}rule: .+\n {4}fix: retry/,
  );
  renameSync(work, `${work}-away`);
  expect(() => isOvertaken(older, newer, checkout)).toThrow(
    /does not appear to be a git repository[\s\S]+fix: retry the job/,
  );
  renameSync(`${work}-away`, work);
  expect(isOvertaken(older, newer, checkout)).toBe(true);
});

test("a question that git does not answer is not permission to deploy", () => {
  const { checkout, older } = twoMerges();
  const gone = "0123456789abcdef0123456789abcdef01234567";
  expect(() => isOvertaken(gone, older, checkout)).toThrow("git says: fatal:");
});

test("the job that comes late ends with its own exit code and says why", async () => {
  const { checkout, older, newer } = twoMerges();
  gitlab.note("customers/nordbank", older);
  expect(await run(checkout, "nordbank")).toMatchObject({ code: 0, printed: "" });
  gitlab.note("customers/nordbank", newer);
  const late = await run(checkout, "nordbank");
  expect(late.code).toBe(OVERTAKEN);
  expect(late.printed).toContain(`nordbank: ${newer} is deployed, which is newer than ${older}: nothing is done`);
  // Another customer's stack is its own.
  expect(await run(checkout, "alpenkredit")).toMatchObject({ code: 0 });
});

test("a job that cannot ask does not deploy", async () => {
  const { checkout } = twoMerges();
  gitlab.status = 502;
  expect(await run(checkout, "nordbank")).toMatchObject({ code: 1 });
});

test("a job that cannot fetch what is deployed does not deploy", async () => {
  const { work, checkout, newer } = twoMerges();
  gitlab.note("customers/nordbank", newer);
  renameSync(work, `${work}-away`);
  const late = await run(checkout, "nordbank");
  expect(late.code).toBe(1);
  expect(late.printed).toContain("rule: a stack is not touched before");
});

async function run(cwd: string, stack: string): Promise<{ readonly code: number | null; readonly printed: string }> {
  const env = { ...process.env, ...gitlab.variables };
  const child = spawn("tsx", [join(repositoryRoot, "pipeline/newest.ts"), stack], { cwd, env });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, printed };
}
