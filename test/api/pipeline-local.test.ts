import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type JobResult, readRun } from "../e2e/pipeline/pipeline-run.ts";
import { ensurePackages } from "../farm/tools/packages.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { GitlabDeployments } from "../support/gitlab-deployments.ts";

/** The pipeline as gitlab-ci-local reads it, in a clone: which jobs a change has, in the parent and in the child. */
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const BINARIES = join(REPOSITORY, "node_modules", ".bin");

const MERGE_REQUEST = [
  ...["CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_IID=7", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main"],
].flatMap((variable) => ["--variable", variable]);
const NOT_A_BRANCH = ["--unset-variable", "CI_COMMIT_BRANCH"];
const ON_MAIN = ["CI_COMMIT_BRANCH=main", "CI_DEFAULT_BRANCH=main", "CI_COMMIT_REF_PROTECTED=true"].flatMap(
  (variable) => ["--variable", variable],
);
const OVERRIDDEN =
  "CI_PIPELINE_SOURCE,CI_COMMIT_BRANCH,CI_DEFAULT_BRANCH,CI_COMMIT_REF_PROTECTED,CI_MERGE_REQUEST_IID,CI_MERGE_REQUEST_TARGET_BRANCH_NAME";

/** One after the other: on GitLab each job has a clone of its own, and git does not fetch while a worktree is added. */
const RUN = ["--force-shell-executor", "--concurrency", "1"];

let scratch: string;
let clone: string;

function run(file: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: clone,
    encoding: "utf8",
    env: { ...process.env, PATH: [BINARIES, process.env.PATH].join(delimiter) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status !== 0) {
    // On one line: a report may have no more of an error, and a job's reason is in what it printed.
    const printed = `${stdout}${stderr}`.trim().split("\n").slice(-20).join(" | ");
    throw new Error(`${file} ended with ${status}: ${printed}`);
  }
  return stdout;
}

const git = (...args: string[]): string => run("git", args);

/** Names of the jobs that gitlab-ci-local would run. */
function jobs(...args: string[]): readonly string[] {
  const list = run("gitlab-ci-local", ["--list-json", "--ignore-predefined-vars", OVERRIDDEN, ...args]);
  const entries: readonly { readonly name: string; readonly when: string }[] = JSON.parse(
    list.slice(list.indexOf("[")),
  );
  return entries
    .filter(({ when }) => when !== "never")
    .map(({ name }) => name)
    .sort();
}

/** Commits what `edit` does and lists the jobs of the child pipeline that the plan writes for it. */
function childJobs(purpose: "review" | "deploy", edit: () => void): readonly string[] {
  edit();
  git("add", "customers", "docs", "constructs");
  git("commit", "--quiet", "--message", "change");
  run("tsx", ["pipeline/plan.ts", "origin/main", "HEAD", "--for", purpose]);
  return jobs("--file", "plan/child.yml", ...ON_MAIN);
}

const inClone = (path: string): string => join(clone, path);
const addSeebank = (): void => {
  const source = readFileSync(inClone("customers/nordbank.ts"), "utf8");
  const copy = source.replaceAll("nordbank", "seebank").replace("10.64.1.10", "10.64.3.10");
  writeFileSync(inClone("customers/seebank.ts"), copy);
};

beforeAll(async () => {
  // gitlab-ci-local copies artifacts with it.
  await ensurePackages(["rsync"], silentReporter);
  scratch = mkdtempSync(join(tmpdir(), "nightlane-pipeline-"));
  clone = join(scratch, "clone");
  // An origin of its own, whose main stays where it is.
  const origin = join(scratch, "origin.git");
  const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: REPOSITORY, encoding: "utf8" }).trim();
  execFileSync("git", ["clone", "--quiet", "--bare", REPOSITORY, origin]);
  execFileSync("git", ["update-ref", "refs/heads/main", head], { cwd: origin });
  execFileSync("git", ["symbolic-ref", "HEAD", "refs/heads/main"], { cwd: origin });
  execFileSync("git", ["clone", "--quiet", origin, clone]);
  symlinkSync(join(REPOSITORY, "node_modules"), inClone("node_modules"), "dir");
  git("config", "user.name", "Tester");
  git("config", "user.email", "tester@nightlane.example");
});
beforeEach(() => {
  git("reset", "--quiet", "--hard", "origin/main");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the parent pipeline", () => {
  test("of a merge request checks, plans and shows, and deploys nothing", () => {
    expect(jobs(...MERGE_REQUEST, ...NOT_A_BRANCH)).toEqual(
      ["isolation", "isolation:diff", "lint", "note", "plan:review", "review", "unit"].sort(),
    );
  });

  test("of the protected default branch checks and deploys", () => {
    expect(jobs("--variable", "CI_PIPELINE_SOURCE=push", ...ON_MAIN)).toEqual(
      ["deploy", "isolation", "lint", "plan:deploy", "unit"].sort(),
    );
  });

  test("of a schedule looks for drift and nothing else", () => {
    expect(jobs("--variable", "CI_PIPELINE_SOURCE=schedule", ...ON_MAIN)).toEqual(["drift", "plan:drift"]);
  });
});

describe("the child pipeline", () => {
  test("a merge request that adds a customer shows that customer, and deploys nothing", () => {
    expect(childJobs("review", addSeebank)).toEqual(["seebank:diff", "seebank:preview"]);
  });

  test("its merge deploys that customer alone", () => {
    expect(childJobs("deploy", addSeebank)).toEqual([
      "seebank:cancel",
      "seebank:preflight",
      "seebank:preview",
      "seebank:up",
    ]);
  });

  test("a merge request that removes a customer shows what goes", () => {
    expect(childJobs("review", () => rmSync(inClone("customers/alpenkredit.ts")))).toEqual(["alpenkredit:diff"]);
  });

  test("a change of a construct previews everybody", () => {
    expect(
      childJobs("review", () => appendFileSync(inClone("constructs/kubernetes/labels.ts"), "// changed\n")),
    ).toEqual(["alpenkredit", "nordbank", "platform"].flatMap((stack) => [`${stack}:diff`, `${stack}:preview`]));
  });

  test("a change of the documents touches nobody", () => {
    expect(childJobs("review", () => appendFileSync(inClone("docs/deploy.md"), "More.\n"))).toEqual(["nothing"]);
  });

  test("a removed customer is offered to a person to destroy, and nobody else is touched", () => {
    expect(childJobs("deploy", () => rmSync(inClone("customers/alpenkredit.ts")))).toEqual(["alpenkredit:destroy"]);
  });
});

describe("with what GitLab notes of deployments", () => {
  let gitlab: GitlabDeployments;
  const pulumiCalls = (): readonly string[] =>
    existsSync(inClone("bin/calls")) ? readFileSync(inClone("bin/calls"), "utf8").trim().split("\n") : [];
  beforeEach(async () => {
    gitlab = await new GitlabDeployments().start();
    // Only what is started is looked at here: by programs that do nothing but note it, with the customers' files there.
    rmSync(inClone("bin"), { recursive: true, force: true });
    mkdirSync(inClone("bin"));
    const note = '#!/bin/sh\necho "$*:" customers/*.ts >> "$(dirname "$0")/calls"\n';
    for (const name of ["pulumi", "kubectl"]) {
      writeFileSync(inClone(`bin/${name}`), note, { mode: 0o755 });
    }
  });
  afterEach(() => gitlab.stop());

  /** Not waiting in the test's own thread, in which the questions of what is started are answered. */
  async function start(program: string, args: readonly string[]) {
    const PATH = [inClone("bin"), BINARIES, process.env.PATH].join(delimiter);
    const env = { ...process.env, ...gitlab.variables, PATH };
    const started = spawn(program, args, { cwd: clone, env });
    let printed = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    const code = await new Promise<number>((resolve) => started.once("close", (exit) => resolve(exit ?? 128)));
    return { code, printed };
  }

  /** Runs the child pipeline, or of it some jobs, and returns how each ended. */
  async function child(...names: readonly string[]): Promise<Readonly<Record<string, JobResult>>> {
    const variables = Object.entries({ ...gitlab.variables, NIGHTLANE_PREFLIGHT: "off" });
    const options = [...RUN, "--ignore-predefined-vars", `${OVERRIDDEN},${Object.keys(gitlab.variables)}`];
    const settings = variables.flatMap(([name, value]) => ["--variable", `${name}=${value}`]);
    const args = [...options, "--file", "plan/child.yml", ...ON_MAIN, ...settings, ...names];
    const { code, printed } = await start("gitlab-ci-local", args);
    return readRun(code, printed, "").jobs;
  }

  const passed = (jobs: readonly string[]) => Object.fromEntries(jobs.map((job) => [job, "passed"]));

  describe("a change that touches all, run", () => {
    beforeEach(() => {
      appendFileSync(inClone("constructs/kubernetes/labels.ts"), "// changed\n");
      git("commit", "--quiet", "--all", "--message", "change");
      run("tsx", ["pipeline/plan.ts", "origin/main", "HEAD", "--for", "deploy"]);
    });

    test("is deployed to one customer after the platform, and to the next one through a job that a person starts", async () => {
      const one = ["platform:preview", "platform:up", "alpenkredit:preview", "alpenkredit:up"];
      expect(await child("--needs", "alpenkredit:up")).toEqual(passed(one));
      // Nobody has said so: gitlab-ci-local then refuses what stands behind a manual job.
      expect(await child("--needs", "nordbank:up")).toEqual({});
      const next = ["wave-2", "nordbank:preview", "nordbank:up"];
      expect(await child("--needs", "--manual", "wave-2", "nordbank:up")).toEqual(passed([...one, ...next]));
      expect(gitlab.asked.filter((environment) => environment === "customers/nordbank")).toHaveLength(1);
    });

    test("does nothing where a newer revision is deployed, and says so without failing", async () => {
      gitlab.note("customers/nordbank", git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "newer").trim());
      expect(await child("nordbank:up")).toEqual({ "nordbank:up": "warned" });
      gitlab.note("customers/nordbank", git("rev-parse", "HEAD").trim());
      expect(await child("nordbank:up")).toEqual({ "nordbank:up": "passed" });
    });
  });

  describe("the plan of a merge", () => {
    const STACKS = ["platform", "customers/alpenkredit", "customers/nordbank"];
    beforeEach(() => {
      for (const stack of STACKS) {
        gitlab.note(stack, git("rev-parse", "HEAD").trim());
      }
    });

    /** Merges what `edit` does. */
    function merge(edit: () => void): string {
      edit();
      git("add", "constructs", "customers", "docs");
      git("commit", "--quiet", "--message", "change");
      return git("rev-parse", "HEAD").trim();
    }

    async function plan() {
      const args = ["pipeline/plan.ts", "HEAD~1", "HEAD", "--for", "deploy", "--deployed"];
      const { code, printed } = await start("tsx", args);
      expect(code, printed).toBe(0);
      return JSON.parse(readFileSync(inClone("plan/affected.json"), "utf8"));
    }

    const edited = () => appendFileSync(inClone("customers/alpenkredit.ts"), "// changed\n");
    const common = () => appendFileSync(inClone("constructs/kubernetes/labels.ts"), "// changed\n");
    const restored = () => git("checkout", "--quiet", "origin/main", "--", "customers");
    const removed = () => rmSync(inClone("customers/alpenkredit.ts"));
    const documented = () => appendFileSync(inClone("docs/deploy.md"), "More.\n");

    test("goes out in waves where it changes several customers' files, and at once where it adds them", async () => {
      merge(() => {
        edited();
        appendFileSync(inClone("customers/nordbank.ts"), "// changed\n");
        addSeebank();
      });
      expect(await plan()).toMatchObject({
        customers: ["alpenkredit", "nordbank", "seebank"],
        waves: [["alpenkredit"], ["nordbank"]],
      });
      run("tsx", ["pipeline/plan.ts", "HEAD~1", "HEAD", "--for", "deploy"]);
      expect(JSON.parse(readFileSync(inClone("plan/affected.json"), "utf8"))).toMatchObject({
        waves: [["alpenkredit"], ["nordbank"]],
      });
    });

    test("is looked for as drift only where it is deployed, and the others are named", async () => {
      gitlab.note("platform", merge(common));
      gitlab.note("customers/alpenkredit", git("rev-parse", "HEAD").trim());
      const args = ["pipeline/plan.ts", "HEAD", "HEAD", "--for", "drift", "--deployed"];
      const { code, printed } = await start("tsx", args);
      expect(code, printed).toBe(0);
      expect(printed).toContain("plan: not compared, since a change has yet to be deployed there: nordbank\n");
      expect(JSON.parse(readFileSync(inClone("plan/affected.json"), "utf8"))).toMatchObject({
        customers: ["alpenkredit"],
        platform: true,
      });
    });

    test("has the revert of a change that failed half way, and nothing where all is well", async () => {
      gitlab.note("customers/alpenkredit", merge(edited), "failed");
      merge(restored);
      expect(await plan()).toMatchObject({ customers: ["alpenkredit"], removed: [], platform: false });
      gitlab.note("customers/alpenkredit", git("rev-parse", "HEAD").trim());
      expect(await plan()).toMatchObject({ customers: [], removed: [], platform: false });
    });

    test("has nothing for an older revision that came late, and so did nothing", async () => {
      const older = git("rev-parse", "HEAD").trim();
      gitlab.note("customers/alpenkredit", merge(edited));
      gitlab.note("customers/alpenkredit", older, "failed");
      merge(documented);
      expect(await plan()).toMatchObject({ customers: [], removed: [], platform: false });
      // As when a credential is rotated: it is the same revision that failed.
      gitlab.note("customers/alpenkredit", git("rev-parse", "HEAD~1").trim(), "failed");
      expect(await plan()).toMatchObject({ customers: ["alpenkredit"], removed: [], platform: false });
    });

    test("has the revert of one that failed half way, though an older pipeline is cancelled after it", async () => {
      const held = merge(common);
      gitlab.note("platform", held);
      gitlab.note("customers/nordbank", held);
      gitlab.note("customers/alpenkredit", merge(edited));
      gitlab.note("customers/alpenkredit", merge(edited), "failed");
      gitlab.note("customers/alpenkredit", held, "canceled");
      merge(() => git("checkout", "--quiet", "HEAD~1", "--", "customers"));
      expect(await plan()).toMatchObject({ customers: ["alpenkredit"], removed: [], platform: false });
      gitlab.note("customers/alpenkredit", git("rev-parse", "HEAD").trim());
      expect(await plan()).toMatchObject({ customers: [], removed: [], platform: false });
    });

    test("has a customer that was destroyed and is put back", async () => {
      merge(removed);
      gitlab.noteStop("customers/alpenkredit");
      merge(restored);
      expect(await plan()).toMatchObject({ customers: ["alpenkredit"], removed: [], platform: false });
    });

    test("offers the destruction that the merge before did not, of what its last revision says", async () => {
      merge(removed);
      merge(documented);
      expect(await plan()).toMatchObject({ customers: [], removed: ["alpenkredit"], platform: false });
      await child("alpenkredit:destroy");
      expect(pulumiCalls()).toContainEqual(
        expect.stringMatching(/^destroy --stack alpenkredit .*: customers\/alpenkredit\.ts customers\/nordbank\.ts/),
      );
    });

    test("of long ago destroys nobody who was put back and deployed", async () => {
      const old = merge(removed);
      merge(restored);
      expect(await plan()).toMatchObject({ customers: ["alpenkredit"], removed: [], platform: false });
      // The pipeline of that merge failed before it deployed: the next one puts it back.
      merge(documented);
      expect(await plan()).toMatchObject({ customers: ["alpenkredit"], removed: [], platform: false });
      gitlab.note("customers/alpenkredit", git("rev-parse", "HEAD").trim());
      merge(documented);
      expect(await plan()).toMatchObject({ customers: [], removed: [], platform: false });
      git("checkout", "--quiet", "--detach", old);
      await plan();
      try {
        expect(await child("alpenkredit:destroy")).toEqual({ "alpenkredit:destroy": "warned" });
      } finally {
        git("checkout", "--quiet", "-");
      }
      expect(pulumiCalls()).toEqual([]);
    });
  });
});

describe("past a hundred customers", () => {
  const names = Array.from({ length: 149 }, (_, index) => `bank-${String(index + 1).padStart(3, "0")}`);

  test("the child has one pipeline per hundred, which a job of its own writes, and all of them are read", () => {
    const addBanks = (): void => {
      for (const name of names) {
        writeFileSync(inClone(`customers/${name}.ts`), "");
      }
    };
    expect(childJobs("deploy", addBanks)).toEqual(["shard-1", "shard-2", "shards"]);
    rmSync(inClone("plan/shard-1.yml"));
    run("gitlab-ci-local", [...RUN, "--file", "plan/child.yml", "shards"]);
    const ups = ["plan/shard-1.yml", "plan/shard-2.yml"].map((file) =>
      jobs("--file", file, ...ON_MAIN).filter((job) => job.endsWith(":up")),
    );
    expect(ups.map(({ length }) => length)).toEqual([100, 49]);
    expect(ups.flat()).toEqual(names.map((name) => `${name}:up`));
  });
});

describe("the jobs of a merge request, run", () => {
  /** What a definition cannot be refused for: only the word before it says that it is a secret. */
  const CANARY = "canary0123456789abcdef";

  test("write the note and the report of a new customer, in which a pasted secret is masked", () => {
    addSeebank();
    const file = inClone("customers/seebank.ts");
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace('"--date", night', `"--key", "token: ${CANARY}", "--date", night`),
    );
    git("add", "customers");
    git("commit", "--quiet", "--message", "add seebank");
    const chosen = ["plan:review", "isolation:diff", "note"];
    const options = [...RUN, "--ignore-predefined-vars", OVERRIDDEN];
    const log = run("gitlab-ci-local", [...options, ...MERGE_REQUEST, ...NOT_A_BRANCH, ...chosen]);
    const note = readFileSync(inClone("review-note.md"), "utf8");
    expect(note).toContain("After the merge: 1 customer to deploy (seebank).");
    expect(note).toContain("### The night of seebank\n\n```mermaid\nflowchart TD");
    const diff = run("tsx", ["pipeline/diff.ts", "seebank", "origin/main"]);
    expect(diff).toMatch(/^\+.*--key.*\(masked\)/m);
    expect(JSON.parse(readFileSync(inClone("review-terraform.json"), "utf8"))).toMatchObject({ update: 0, delete: 0 });
    // The search is known to work: the file itself has it.
    expect(readFileSync(file, "utf8")).toContain(CANARY);
    for (const shown of [log, note, diff, readFileSync(inClone("isolation-diff.json"), "utf8")]) {
      expect(shown).not.toContain(CANARY);
    }
  });
});
