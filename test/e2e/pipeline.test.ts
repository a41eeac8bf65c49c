import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerNames } from "../../constructs/definition/customer-files.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { findAny } from "../boundary/canary/canary.ts";
import { startNight } from "../farm/nights/start-night.ts";
import { until } from "../farm/wait.ts";
import { credentialsOf, searchFolder } from "./pipeline/credential-search.ts";
import { CHILD, type GitlabProject } from "./pipeline/gitlab-project.ts";
import { killDeployment } from "./pipeline/killed-deployment.ts";
import { LANE, PipelineFarm } from "./pipeline/pipeline-farm.ts";
import type { PipelineRun } from "./pipeline/pipeline-run.ts";

/**
 * The pipelines of a project in GitLab, run one after the other against the farm: a customer comes, is deployed, is
 * watched for drift, and goes. Each test continues where the one before it ended.
 */
let farm: PipelineFarm;
let project: GitlabProject;
const runs = new Map<string, PipelineRun>();

beforeAll(async () => {
  farm = await PipelineFarm.open();
  project = farm.project;
});
afterAll(() => farm?.close());

const passed = (...jobs: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(jobs.map((job) => [job, "passed"]));

/** Runs what becomes of the branch that is checked out once it is merged. */
async function merged(): Promise<PipelineRun> {
  return project.planned("default branch", ["plan:deploy"], project.merge());
}

/** Runs one job of the child pipeline that was planned last. */
async function job(name: string, source: "default branch" | "schedule" = "default branch"): Promise<PipelineRun> {
  return project.pipeline(source, { file: CHILD, jobs: [name] });
}

describe("a merge request that adds a customer", () => {
  test("is checked, planned and shown, and deploys nothing", async () => {
    const before = await farm.marks();
    project.branch("add-seebank", () => farm.writeSeebank());
    await project.command("biome", ["format", "--write", "customers/seebank.ts"]);
    await project.command("vitest", ["run", "--project", "unit", "test/customers"]);
    project.git("add", "customers", "test");
    project.git("commit", "--quiet", "--amend", "--no-edit");
    const shown = ["isolation", "isolation:diff", "plan:review", "note"];
    expect(Object.keys(project.list("merge request"))).toEqual(expect.arrayContaining([...shown, "lint", "unit"]));
    // Except lint and unit, which run by themselves beside this suite.
    const run = await project.planned("merge request", shown);
    runs.set("merge request", run);
    expect(run.jobs, run.output).toEqual(passed(...shown, "seebank:diff", "seebank:preview"));
    expect(readFileSync(farm.inClone("review-note.md"), "utf8")).toContain("1 customer to deploy (seebank)");
    expect(await farm.hasLane()).toBe(false);
    expect(farm.isDeployed()).toBe(false);
    expect(await farm.marks()).toEqual(before);
  });
});

describe("the merge of the new customer", () => {
  test("deploys that customer with its own credentials, and touches nobody else", async () => {
    await farm.addCluster();
    const before = await farm.marks();
    const run = await merged();
    runs.set("merge", run);
    expect(run.jobs, run.output).toEqual(passed("plan:deploy", "seebank:preview", "seebank:up", "seebank:preflight"));
    expect(project.list("default branch", CHILD)).toEqual({
      "seebank:preview": "on_success",
      "seebank:up": "on_success",
      "seebank:cancel": "manual",
      "seebank:preflight": "on_success",
    });
    expect(project.log("seebank:preflight")).toContain("a night can start");
    expect((await farm.credential(LANE)).kubeconfig).toBe(
      readFileSync(farm.paths.customer("seebank").kubeconfig, "utf8"),
    );
    expect(await farm.marks()).toEqual(before);
  });

  test("can be run again after its job was killed, once a person has cancelled the stale lock", async () => {
    await killDeployment(farm);
    const locked = await job("seebank:up");
    expect(locked.jobs).toEqual({ "seebank:up": "failed" });
    expect(locked.output).toContain("the stack is currently locked");
    const freed = await job("seebank:cancel");
    expect(freed.jobs, freed.output).toEqual(passed("seebank:cancel"));
    const again = await job("seebank:up");
    expect(again.jobs, again.output).toEqual(passed("seebank:up"));
  });
});

describe("the schedule", () => {
  test("finds no drift where nobody changed anything", async () => {
    const run = await project.planned("schedule", ["plan:drift"]);
    runs.set("schedule", run);
    const drift = ["platform", ...farm.others, "seebank"].map((stack) => `${stack}:drift`);
    expect(run.jobs, run.output).toEqual(passed("plan:drift", ...drift));
  });

  test("fails for a stack with an object that somebody changed by hand, and names it", async () => {
    const path = `/apis/networking.k8s.io/v1/namespaces/${LANE}/networkpolicies/customer-api`;
    const body = { spec: { egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] } };
    expect((await farm.central.call({ method: "PATCH", path, body })).status).toBe(200);
    const run = await job("seebank:drift", "schedule");
    expect(run.jobs).toEqual({ "seebank:drift": "failed" });
    expect(run.output).toContain("kubernetes:networking.k8s.io/v1:NetworkPolicy");
    expect(run.output).toMatch(/cidr: "0.0.0.0\/0" +=> "10.64.3.10\/32"/);
  });

  test("passes again once it is restored as docs/deploy.md says", async () => {
    const fix = ["up", "--refresh", "--stack", "seebank", "--yes", "--skip-preview", "--non-interactive"];
    await farm.withFiles((files) =>
      project.command("pulumi", fix, {
        ...{ ...farm.pulumi.settings, ...files },
        PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
      }),
    );
    const run = await job("seebank:drift", "schedule");
    expect(run.jobs, run.output).toEqual(passed("seebank:drift"));
  });
});

describe("a change of a construct", () => {
  test("is shown and previewed for everybody, and deploys nothing", async () => {
    const before = await farm.marks();
    project.branch("construct", () => {
      const file = farm.inClone("constructs/kubernetes/labels.ts");
      const label = '"app.kubernetes.io/managed-by": "nightlane"';
      const more = `${label}, "app.kubernetes.io/part-of": "nightlane"`;
      writeFileSync(file, readFileSync(file, "utf8").replaceAll(label, more));
    });
    // The objects are a reviewed list: a change of them writes it again.
    await project.command("tsx", ["test/support/write-known-objects.ts"]);
    project.git("add", "isolation");
    project.git("commit", "--quiet", "--amend", "--no-edit");
    const run = await project.planned("merge request", ["plan:review"]);
    const stacks = ["platform", ...farm.others, "seebank"];
    const shown = stacks.flatMap((stack) => [`${stack}:diff`, `${stack}:preview`]);
    expect(run.jobs, run.output).toEqual(passed("plan:review", ...shown));
    for (const stack of stacks) {
      expect(project.log(`${stack}:diff`), stack).toContain("app.kubernetes.io/part-of: nightlane");
    }
    expect(await farm.marks()).toEqual(before);
  });
});

describe("the merge of a construct", () => {
  test("previews everybody with their own credentials before anybody is deployed", async () => {
    const before = await farm.marks();
    await project.pipeline("default branch", { before: project.merge(), jobs: ["plan:deploy"] });
    const stacks = ["platform", ...farm.others, "seebank"];
    const planned = stacks.flatMap((stack) => [`${stack}:preview`, `${stack}:up`, `${stack}:cancel`]);
    const customers = [...farm.others, "seebank"];
    planned.push(...customers.map((customer) => `${customer}:preflight`), "wave-2", "wave-3");
    expect(Object.keys(project.list("default branch", CHILD)).sort()).toEqual(planned.sort());
    const previews = customers.map((customer) => `${customer}:preview`);
    const run = await project.pipeline("default branch", { file: CHILD, jobs: previews });
    expect(run.jobs, run.output).toEqual(passed(...previews));
    expect(run.output.match(/to update/g)?.length).toBe(previews.length);
    expect(await farm.marks()).toEqual(before);
  });
});

describe("a change that touches all", () => {
  const [first = "", second = ""] = customerNames();
  const deployed = (stack: string): readonly string[] => [`${stack}:preview`, `${stack}:up`, `${stack}:preflight`];
  let older = "";

  test("is deployed for one customer, and stops before the next until a person goes on", async () => {
    const platform = ["platform:preview", "platform:up"];
    undoConstruct();
    await project.pipeline("default branch", { before: project.merge(), jobs: ["plan:deploy"] });
    const run = await project.pipeline("default branch", { file: CHILD, jobs: ["--needs", `${first}:preflight`] });
    expect(run.jobs, run.output).toEqual(passed(...platform, ...deployed(first)));
    expect(project.list("default branch", CHILD)).toMatchObject({ "wave-2": "manual", "wave-3": "manual" });
    older = project.git("rev-parse", "HEAD");
  });

  test("is deployed by the next merge to those who did not have it yet", async () => {
    project.branch("notes", () => writeFileSync(farm.inClone("docs/notes.md"), "# Notes\n"));
    await project.pipeline("default branch", { before: project.merge(), jobs: ["plan:deploy"] });
    const wave = ["wave-2", "seebank:preview", "seebank:up"];
    const jobs = ["--needs", "--manual", "wave-2", `${second}:preflight`, "seebank:up"];
    const run = await project.pipeline("default branch", { file: CHILD, jobs });
    expect(run.jobs, run.output).toEqual(passed(...deployed(second), ...wave));
  });

  test("is not undone by a late pipeline", async () => {
    const before = await farm.marks();
    project.git("checkout", "--quiet", older);
    const run = await job("nordbank:up");
    expect(run.jobs, run.output).toEqual({ "nordbank:up": "warned" });
    expect(run.exitCode).toBe(0);
    expect(project.log("nordbank:up")).toContain("which is newer than");
    expect(await farm.marks()).toEqual(before);
  });

  /** Nobody was deployed with the construct of the tests before: this puts it back, in another place of its file. */
  function undoConstruct(): void {
    project.branch("construct-undone", () => {
      project.git("checkout", "origin/main~1", "--", "constructs", "isolation");
      const file = farm.inClone("constructs/kubernetes/labels.ts");
      writeFileSync(file, `${readFileSync(file, "utf8")}\n// Said once more.\n`);
    });
  }
});

describe("a change of the documents", () => {
  test("touches no stack, before its merge and after it", async () => {
    const before = await farm.marks();
    project.branch("documents", () => writeFileSync(farm.inClone("docs/new.md"), "# New\n"));
    const request = await project.planned("merge request", ["plan:review"]);
    expect(request.jobs, request.output).toEqual(passed("plan:review", "nothing"));
    const merge = await merged();
    expect(merge.jobs, merge.output).toEqual(passed("plan:deploy", "nothing"));
    expect(await farm.marks()).toEqual(before);
  });
});

describe("a removed customer", () => {
  test("is offered to a person to destroy, and stays until then", async () => {
    project.branch("remove-seebank", () => {
      rmSync(farm.inClone("customers/seebank.ts"));
      rmSync(farm.inClone("test/customers/seebank.snap"));
    });
    const run = await merged();
    expect(run.jobs, run.output).toEqual(passed("plan:deploy"));
    expect(project.list("default branch", CHILD)).toEqual({ "seebank:destroy": "manual" });
    expect(await farm.hasLane()).toBe(true);
  });

  test("is then gone, and so are the Jobs of a night that ran, and nobody else is touched", async () => {
    await startNight(farm.paths.centralKubeconfig, LANE, { businessDate: "2026-03-27" });
    const what = "a Job of the night is in the customer's cluster";
    await until({ what, limitSeconds: 300, everyMilliseconds: 500 }, async () => (await farm.remoteJobs()).length > 0);
    const before = await farm.marks();
    const run = await job("seebank:destroy");
    runs.set("destroy", run);
    expect(run.jobs, run.output).toEqual(passed("seebank:destroy"));
    expect(await farm.hasLane()).toBe(false);
    expect(farm.isDeployed()).toBe(false);
    expect(await farm.remoteJobs()).toEqual([]);
    expect(await farm.marks()).toEqual(before);
  });
});

describe("the credentials of these pipelines", () => {
  const own = ["customers/seebank"];
  const environments = (): readonly string[] => [
    ...["platform", ...own],
    ...farm.others.map((customer) => `customers/${customer}`),
  ];
  const all = () => credentialsOf(farm.variables, environments());
  const seen = (run: string, name: string): string => runs.get(run)?.seenBy(name) ?? "";

  test("are in no log, no artifact, no note and no report", async () => {
    const { found, files } = await searchFolder(project.kept, all());
    expect(found).toEqual([]);
    const looked = new Set(files.map((file) => file.replace(/^\d+\//, "")));
    for (const file of [
      ...["terminal.log", "output/seebankOgup.log", "output/seebankOgpreview.log", "output/seebankOgdestroy.log"],
      ...[
        "artifacts/note/review-note.md",
        "builds/note/review-terraform.json",
        "artifacts/seebankOgpreview/preview/seebank.json",
      ],
      ...["artifacts/isolationOgdiff/isolation-diff.json", "artifacts/planOgreview/plan/child.yml"],
    ]) {
      expect([...looked]).toContain(file);
    }
    // The same search finds what is there.
    const live = JSON.stringify(await farm.credential(laneNamespace("nordbank")));
    expect(findAny(live, all())).toBeDefined();
  });

  test("were given to the jobs that deploy, each its own environment's", () => {
    const secret = /^CUSTOMER_KUBECONFIG$/;
    const mine = credentialsOf(farm.variables, own, secret);
    const foreign = credentialsOf(
      farm.variables,
      environments().filter((name) => !own.includes(name)),
      secret,
    );
    for (const [run, name] of [
      ...[["merge", "seebank:preview"] as const, ["merge", "seebank:up"] as const],
      ...[["schedule", "seebank:drift"] as const, ["destroy", "seebank:destroy"] as const],
    ]) {
      expect(findAny(seen(run, name), mine), name).toBeDefined();
      expect(findAny(seen(run, name), foreign), name).toBeUndefined();
    }
    expect(findAny(seen("schedule", "platform:drift"), [...mine, ...foreign])).toBeUndefined();
  });

  test("were given to no job of a merge request, and neither was the state's address", () => {
    const names = Object.keys(runs.get("merge request")?.jobs ?? {});
    expect(names).toContain("seebank:preview");
    for (const name of names) {
      expect(findAny(seen("merge request", name), all()), name).toBeUndefined();
      expect(seen("merge request", name), name).not.toMatch(/BACKEND_URL|KUBECONFIG|FINGERPRINT_KEY|PASSPHRASE/);
    }
    // The same search finds it where it is given.
    expect(seen("merge", "seebank:up")).toMatch(/PULUMI_BACKEND_URL/);
  });
});
