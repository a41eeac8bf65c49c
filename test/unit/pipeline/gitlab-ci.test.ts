import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { childPipeline } from "../../../pipeline/child-pipeline.ts";
import type { Job } from "../../../pipeline/jobs.ts";

/** What GitLab enforces and a local run cannot: asserted on the file. */
const FILE = fileURLToPath(new URL("../../../.gitlab-ci.yml", import.meta.url));
const text = readFileSync(FILE, "utf8");
const pipeline: Record<string, unknown> = parse(text, { merge: true });
const jobs = new Map(
  Object.entries(pipeline).filter(
    ([name]) => !name.startsWith(".") && !["workflow", "stages", "variables", "default"].includes(name),
  ) as [string, Job][],
);

const MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"';
const rulesOf = (name: string): readonly string[] =>
  (jobs.get(name)?.rules ?? []).map((rule) => String(rule.if ?? rule.when));

describe(".gitlab-ci.yml", () => {
  test("has the jobs that the documents name", () => {
    expect([...jobs.keys()]).toEqual([
      "lint",
      "unit",
      "isolation",
      "api",
      "isolation:diff",
      "plan:review",
      "note",
      "review",
      "plan:deploy",
      "deploy",
      "plan:drift",
      "drift",
      "boundary",
      "release",
    ]);
  });

  test("runs for merge requests and the default branch only", () => {
    expect(pipeline.workflow).toEqual({
      rules: [{ if: MERGE_REQUEST }, { if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" }],
    });
  });

  test("names no environment but those of releases and of the live proof: credentials of stacks are given to the child pipelines alone", () => {
    for (const [name, job] of jobs) {
      if (name !== "release" && name !== "boundary") {
        expect(job, name).not.toHaveProperty("environment");
      }
    }
    expect(jobs.get("release")).toMatchObject({
      environment: { name: "release", deployment_tier: "production" },
      resource_group: "release",
    });
  });

  test("releases when a person asks for a version, after every check, and deploys nothing then", () => {
    const protectedBranch = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"';
    expect(rulesOf("release")).toEqual([`$CI_PIPELINE_SOURCE == "web" && $VERSION && ${protectedBranch}`]);
    expect(jobs.get("release")).toMatchObject({ stage: "deploy", interruptible: false });
    expect(jobs.get("release")?.artifacts).toEqual({ paths: ["release-evidence/"], expire_in: "never" });
    expect(jobs.get("release")).not.toHaveProperty("needs");
    for (const name of ["plan:deploy", "deploy"]) {
      expect(rulesOf(name)[0]).toContain("$VERSION == null");
    }
  });

  test("a release names no secret in an argument, and its images come in by a merge request", () => {
    const script = (jobs.get("release")?.script ?? []).join("\n");
    expect(script).toMatch(/^make release REGISTRY="\S+CI_REGISTRY_IMAGE\}" VERSION="\$VERSION"$/m);
    expect(script).toContain("--password-stdin");
    expect(script).not.toMatch(/--password[ =]|:\$RELEASE_TOKEN|oauth2:/);
    expect(script).toMatch(/git push --atomic .*--push-option=merge_request\.create .*HEAD:\S+ "v\$VERSION"/);
    expect(script).not.toMatch(/HEAD:(refs\/heads\/)?(main|\$CI_DEFAULT_BRANCH)/);
  });

  test.each(["isolation:diff", "plan:review", "note", "review"])("%s runs for a merge request only", (name) => {
    expect(rulesOf(name)).toEqual([MERGE_REQUEST]);
  });

  test.each(["plan:deploy", "deploy", "plan:drift", "drift"])(
    "%s runs on the protected default branch only",
    (name) => {
      expect(rulesOf(name)).toHaveLength(1);
      expect(rulesOf(name)[0]).toContain("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH");
      expect(rulesOf(name)[0]).toContain('$CI_COMMIT_REF_PROTECTED == "true"');
    },
  );

  test("a schedule looks for drift and never deploys", () => {
    expect(rulesOf("deploy")[0]).toContain('$CI_PIPELINE_SOURCE != "schedule"');
    expect(rulesOf("drift")[0]).toContain('$CI_PIPELINE_SOURCE == "schedule"');
  });

  test.each([
    ["review", "plan:review"],
    ["deploy", "plan:deploy"],
    ["drift", "plan:drift"],
  ])("%s runs the pipeline that %s wrote, and ends as it ends", (name, plan) => {
    expect(jobs.get(name)?.trigger).toEqual({
      include: [{ artifact: "plan/child.yml", job: plan }],
      strategy: "depend",
    });
    // A variable that somebody gives to this pipeline goes no further.
    expect(jobs.get(name)).toMatchObject({ inherit: { variables: ["GIT_DEPTH"] } });
  });

  test.each([
    ["plan:review", 'node_modules/.bin/tsx pipeline/plan.ts "$base" HEAD --for review'],
    ["plan:drift", 'node_modules/.bin/tsx pipeline/plan.ts "$CI_COMMIT_SHA" "$CI_COMMIT_SHA" --for drift --deployed'],
  ])("%s plans what its name says", (name, command) => {
    expect(jobs.get(name)?.script?.at(-1)).toBe(command);
  });

  test("proves the policies on an API server where a runner is named, for merge requests too, and holds nothing for it", () => {
    expect(rulesOf("api")).toEqual(['$CI_PIPELINE_SOURCE == "schedule"', "$API_RUNNER"]);
    expect(jobs.get("api")).toMatchObject({ stage: "check", tags: ["$API_RUNNER"] });
    expect(jobs.get("api")?.script?.join()).toContain("--project api ");
  });

  test("tries the boundary of production after a deployment and with each look for drift, where the project says so", () => {
    const [rule = "", ...others] = rulesOf("boundary");
    expect(others).toEqual([]);
    for (const condition of [
      '$LIVE_PROOF == "yes"',
      '$CI_PIPELINE_SOURCE != "web"',
      "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
      '$CI_COMMIT_REF_PROTECTED == "true"',
    ]) {
      expect(rule.split(" && ")).toContain(condition);
    }
    const job = jobs.get("boundary");
    expect(job).toMatchObject({
      stage: "prove",
      environment: { name: "boundary", deployment_tier: "production" },
      resource_group: "boundary",
      interruptible: false,
    });
    expect(job?.script).toEqual(['npm run --silent boundary -- live --kubeconfig "$BOUNDARY_KUBECONFIG"']);
  });

  test.each([
    ["isolation:diff", "npm --prefix .judge run --silent isolation:diff -- "],
    ["note", ".judge/node_modules/.bin/tsx .judge/pipeline/review.ts "],
  ])("%s judges with the target branch's code, and with its packages where the change brings others", (name, judge) => {
    const script = jobs.get(name)?.script ?? [];
    const [fetch, equip] = script.filter((line) => line.includes(".judge"));
    expect(fetch).toMatch(
      /^rm -rf \.judge; git worktree add .* \.judge "origin\/\$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"$/,
    );
    expect(equip).toMatch(
      /^if git diff --quiet \S+ HEAD -- package\.json package-lock\.json \.npmrc node_modules; then ln /,
    );
    expect(equip).toContain("else npm --prefix .judge ci ");
    expect(script.at(-1)?.startsWith(judge)).toBe(true);
  });

  test.each([
    ["lint", ["npm run lint", "npm run --silent audit"]],
    [
      "unit",
      [
        "npx vitest run --project unit --update=none --reporter=default --reporter=junit --outputFile.junit=unit.xml",
        "git diff --exit-code -- test",
      ],
    ],
    ["isolation", ["npm run isolation"]],
  ])("%s checks every change and every merge, in whole, and stops what follows", (name, script) => {
    const job = jobs.get(name);
    expect(job).toMatchObject({ stage: "check", script });
    expect(job?.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "schedule"', when: "never" }, { when: "on_success" }]);
  });

  test("no job may fail unseen, and no line of a script hides how the one before ended", () => {
    for (const [name, job] of jobs) {
      expect(job, name).not.toHaveProperty("allow_failure");
      for (const line of job.script ?? []) {
        expect(line, name).not.toMatch(/\|\||; *(true|:|exit 0)$|set \+e/);
      }
    }
  });

  test("has the whole history, to which a change and a deployment are compared", () => {
    expect(pipeline.variables).toMatchObject({ GIT_DEPTH: "0" });
  });

  test("deploys after every check, and proves after that", () => {
    expect(pipeline.stages).toEqual(["check", "plan", "review", "deploy", "prove"]);
    expect(jobs.get("deploy")).not.toHaveProperty("needs");
    expect(jobs.get("plan:deploy")).not.toHaveProperty("needs");
  });

  test("what is deployed follows from what was deployed last, not from which pipeline ended", () => {
    expect(jobs.get("plan:deploy")?.script).toEqual([
      'node_modules/.bin/tsx pipeline/plan.ts "$CI_COMMIT_BEFORE_SHA" "$CI_COMMIT_SHA" --for deploy --deployed',
    ]);
  });

  test("takes no image from a variable: whoever runs a pipeline may set one", () => {
    expect(pipeline.default).toMatchObject({ image: expect.stringMatching(/^[\w./:-]+@sha256:[0-9a-f]{64}$/) });
    expect(text).not.toMatch(/^ *(image|services): *\$/m);
    for (const [name, job] of jobs) {
      expect(job, name).not.toHaveProperty("image");
    }
  });

  test("its child pipelines prepare a job as it does", () => {
    const affected = { customers: ["nordbank"], removed: [], platform: false };
    const files = childPipeline({ purpose: "deploy", affected, base: "HEAD", planCommand: "" });
    const child: Record<string, unknown> = parse(files["child.yml"] ?? "");
    const { interruptible: _, ...same } = pipeline.default as Record<string, unknown>;
    expect(child.default).toEqual(same);
  });

  test("never updates a snapshot", () => {
    const runs = text.split("\n").filter((line) => line.includes("vitest run"));
    expect(runs).toHaveLength(2);
    for (const run of runs) {
      expect(run).toContain("--update=none");
      expect(run).not.toMatch(/ -u\b/);
    }
  });

  test("the note is written whatever the isolation diff found", () => {
    expect(jobs.get("note")?.rules?.[0]).toMatchObject({ when: "always" });
    expect(jobs.get("isolation:diff")?.artifacts).toMatchObject({ when: "always" });
    expect(jobs.get("note")?.artifacts).toMatchObject({ reports: { terraform: "review-terraform.json" } });
  });
});
