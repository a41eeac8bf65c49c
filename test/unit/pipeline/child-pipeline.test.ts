import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Affected } from "../../../pipeline/affected.ts";
import { childPipeline, type PlanFiles, type Purpose } from "../../../pipeline/child-pipeline.ts";
import type { Job } from "../../../pipeline/jobs.ts";

const BASE = "0123456789abcdef0123456789abcdef01234567";
const NONE: Affected = { customers: [], removed: [], platform: false };
const PROTECTED = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"';
const GLOBAL = new Set(["workflow", "stages", "default"]);

function plan(purpose: Purpose, affected: Partial<Affected>): PlanFiles {
  return childPipeline({ purpose, affected: { ...NONE, ...affected }, base: BASE, planCommand: "plan again" });
}

function jobs(files: PlanFiles, file = "child.yml"): Record<string, Job> {
  const pipeline: Record<string, unknown> = parse(files[file] ?? "");
  return Object.fromEntries(Object.entries(pipeline).filter(([name]) => !GLOBAL.has(name))) as Record<string, Job>;
}

describe("for a merge request", () => {
  const review = jobs(plan("review", { customers: ["nordbank"], removed: ["gone"], platform: true }));

  test("shows and previews each stack, and only shows one that goes", () => {
    expect(Object.keys(review)).toEqual([
      "platform:diff",
      "platform:preview",
      "nordbank:diff",
      "nordbank:preview",
      "gone:diff",
    ]);
  });

  test("shows all objects against the target branch, and previews them without a credential", () => {
    expect(review["nordbank:diff"]?.script).toEqual([`node_modules/.bin/tsx pipeline/diff.ts nordbank ${BASE}`]);
    expect(review["nordbank:preview"]?.script).toEqual(["node_modules/.bin/tsx pipeline/preview.ts nordbank"]);
    for (const job of Object.values(review)) {
      expect(job).not.toHaveProperty("allow_failure");
    }
  });

  test("no job has an environment, a lock, or a word of Pulumi's own command", () => {
    for (const job of Object.values(review)) {
      expect(job).not.toHaveProperty("environment");
      expect(job).not.toHaveProperty("resource_group");
      expect(job.script?.join("\n")).not.toMatch(/pulumi (up|destroy|refresh|cancel|stack)/);
    }
  });
});

describe("for the default branch", () => {
  const deploy = jobs(plan("deploy", { customers: ["nordbank"], removed: ["gone"], platform: true }));

  test("has a preview, an up and a cancel for each stack, and a destroy for the one that goes", () => {
    expect(Object.keys(deploy)).toEqual([
      "platform:preview",
      "platform:up",
      "platform:cancel",
      "nordbank:preview",
      "nordbank:up",
      "nordbank:cancel",
      "nordbank:preflight",
      "gone:destroy",
    ]);
  });

  test("every job runs on the protected default branch only", () => {
    for (const job of Object.values(deploy)) {
      expect(job.rules).toHaveLength(1);
      expect(job.rules?.[0]?.if).toMatch(PROTECTED);
    }
  });

  test.each([
    ["platform:up", "platform"],
    ["nordbank:preview", "customers/nordbank"],
    ["nordbank:up", "customers/nordbank"],
    ["nordbank:cancel", "customers/nordbank"],
    ["nordbank:preflight", "customers/nordbank"],
    ["gone:destroy", "customers/gone"],
  ])("%s has the environment, of the tier that is protected, and the literal lock %s", (name, own) => {
    expect(deploy[name]?.environment).toMatchObject({ name: own, deployment_tier: "production" });
    expect(deploy[name]?.resource_group).toBe(own);
  });

  test("the platform comes before customers, a preview before its up", () => {
    expect(deploy["platform:up"]?.needs).toEqual(["platform:preview"]);
    expect(deploy["nordbank:preview"]?.needs).toEqual(["platform:up"]);
    expect(deploy["nordbank:up"]?.needs).toEqual(["nordbank:preview"]);
  });

  test("without a change of the platform a customer waits for nothing", () => {
    const own = jobs(plan("deploy", { customers: ["nordbank"] }));
    expect(Object.keys(own)).toEqual(["nordbank:preview", "nordbank:up", "nordbank:cancel", "nordbank:preflight"]);
    expect(own["nordbank:preview"]?.needs).toEqual([]);
  });

  test("destroy and cancel wait for a person and hold nothing up", () => {
    for (const name of ["gone:destroy", "nordbank:cancel", "platform:cancel"]) {
      expect(deploy[name]?.rules).toEqual([{ if: PROTECTED, when: "manual", allow_failure: true }]);
    }
  });

  test("destroy leaves a customer that was put back and deployed meanwhile", () => {
    expect(deploy["gone:destroy"]?.script?.[0]).toBe("node_modules/.bin/tsx pipeline/newest.ts gone");
  });

  test("destroy takes the remote Jobs along, with the namespace that the deleted file named", () => {
    const script = deploy["gone:destroy"]?.script ?? [];
    expect(script[1]).toBe('last="$(git rev-list -1 HEAD -- customers/gone.ts)^"');
    expect(script[2]).toMatch(/^git checkout "\$last" -- 'customers\/gone\.\*' /);
    const at = (part: string): number => script.findIndex((line) => line.includes(part));
    const inLane = script[at("--sign-in")]?.split("\n").map((line) => line.trim()) ?? [];
    expect(inLane.findIndex((line) => line.endsWith(" --sign-in"))).toBeGreaterThan(
      inLane.findIndex((line) => line.includes("delete cronworkflows")),
    );
    expect(at("pulumi destroy")).toBeGreaterThan(at("remove-remote-jobs.ts gone --sign-in"));
    expect(script.findIndex((line) => line.endsWith("remove-remote-jobs.ts gone"))).toBeGreaterThan(
      at("pulumi destroy"),
    );
    expect(deploy["gone:destroy"]?.environment?.action).toBe("stop");
  });
});

test("each deployment is followed by a look at the customer's cluster, which holds nothing up and can be left out", () => {
  const { "nordbank:preflight": preflight } = jobs(plan("deploy", { customers: ["nordbank"] }));
  expect(preflight).toMatchObject({
    needs: ["nordbank:up"],
    allow_failure: true,
    environment: { name: "customers/nordbank", deployment_tier: "production", action: "verify" },
    rules: [{ if: `${PROTECTED} && $NIGHTLANE_PREFLIGHT != "off"` }],
    script: ["node_modules/.bin/tsx infra/preflight/cli.ts nordbank"],
  });
});

test("drift is looked for in every stack, and looking makes no deployment", () => {
  const drift = jobs(plan("drift", { customers: ["nordbank"], platform: true }));
  expect(Object.keys(drift)).toEqual(["platform:drift", "nordbank:drift", "nordbank:preflight"]);
  expect(drift["nordbank:drift"]?.script?.[0]).toContain("preview --stack nordbank --refresh --expect-no-changes");
  expect(drift["nordbank:drift"]?.environment).toEqual({
    name: "customers/nordbank",
    deployment_tier: "production",
    action: "verify",
  });
});

test.each(["deploy", "drift"] as const)(
  "%s: two jobs of a customer never run at once, and what applies is not cut off",
  (purpose) => {
    const affected = { customers: ["nordbank"], removed: purpose === "deploy" ? ["gone"] : [], platform: true };
    const all = Object.entries(jobs(plan(purpose, affected)));
    expect(all.length).toBeGreaterThan(2);
    for (const [name, job] of all) {
      expect(job.environment?.name, name).toMatch(/^(platform|customers\/[a-z]+)$/);
      expect(job.resource_group, name).toBe(job.environment?.name);
      const applies = /:(up|destroy)$/.test(name);
      expect(job.interruptible, name).toBe(applies ? false : undefined);
      expect(/pulumi (up|destroy|refresh) /.test(job.script?.join("\n") ?? ""), name).toBe(applies);
    }
  },
);

test("the parent decides whether it runs", () => {
  for (const purpose of ["review", "deploy", "drift"] as const) {
    const { workflow } = parse(plan(purpose, { platform: true })["child.yml"] ?? "");
    expect(workflow).toEqual({ rules: [{ when: "always" }] });
  }
});

test.each(["review", "deploy", "drift"] as const)("%s of nothing is still a valid pipeline", (purpose) => {
  expect(Object.keys(jobs(plan(purpose, {})))).toEqual(["nothing"]);
});

test("a deployment does nothing where a newer revision is deployed, and is not a failure then", () => {
  const { "nordbank:up": up, "nordbank:preview": preview } = jobs(plan("deploy", { customers: ["nordbank"] }));
  expect(up?.script?.[0]).toBe("node_modules/.bin/tsx pipeline/newest.ts nordbank");
  expect(up?.script?.[1]).toContain("pulumi up --stack nordbank");
  expect(up?.allow_failure).toEqual({ exit_codes: [75] });
  expect(preview).not.toHaveProperty("allow_failure");
});

describe("in waves", () => {
  const customers = ["a", "b", "c", "d", "own"];
  const inWaves = (names: readonly string[], waves: readonly (readonly string[])[]) =>
    childPipeline({
      purpose: "deploy",
      affected: { customers: names, removed: [], platform: true },
      base: BASE,
      planCommand: "plan again",
      waves,
    });
  const deploy = jobs(inWaves(customers, [["b"], ["a"], ["c", "d"]]));

  test("the first comes after the platform, like those who wait for nobody", () => {
    for (const name of ["own", "b"]) {
      expect(deploy[`${name}:preview`]?.needs).toEqual(["platform:up"]);
    }
  });

  test("each further one waits for a person, who can start it once the one before is deployed", () => {
    expect(deploy["wave-2"]?.needs).toEqual(["b:up"]);
    expect(deploy["wave-3"]?.needs).toEqual(["a:up"]);
    for (const name of ["wave-2", "wave-3"]) {
      expect(deploy[name]?.rules).toEqual([{ if: PROTECTED, when: "manual", allow_failure: false }]);
      // By it GitLab knows who may start the wave; it has no variables.
      expect(deploy[name]?.environment).toEqual({ name: "waves", deployment_tier: "production", action: "verify" });
    }
    expect(deploy["a:preview"]?.needs).toEqual(["wave-2"]);
    expect(deploy["c:preview"]?.needs).toEqual(["wave-3"]);
    expect(deploy["d:preview"]?.needs).toEqual(["wave-3"]);
    expect(deploy["wave-3"]?.script).toEqual(['echo "wave 3: 2 customers: c d"']);
  });

  test("no job of a later wave can be reached but through the job that a person starts", () => {
    const reached = new Set(["platform:up", "platform:preview"]);
    const jobNames = Object.keys(deploy).filter((name) => !name.startsWith("wave-"));
    for (let before = -1; before < reached.size; ) {
      before = reached.size;
      for (const name of jobNames) {
        if (deploy[name]?.stage !== "by-hand" && deploy[name]?.needs?.every((need) => reached.has(String(need)))) {
          reached.add(name);
        }
      }
    }
    const ups = [...reached].filter((name) => name.endsWith(":up")).sort();
    expect(ups).toEqual(["b:up", "own:up", "platform:up"]);
  });

  test("past a hundred customers the last one is in pipelines of its own, behind the same stop", () => {
    const many = Array.from({ length: 250 }, (_, index) => `bank-${String(index).padStart(3, "0")}`);
    const files = inWaves(many, [many.slice(0, 1), many.slice(1, 26), many.slice(26)]);
    expect(Object.keys(files).sort()).toEqual(["child.yml", "shard-1.yml", "shard-2.yml", "shard-3.yml"]);
    const child = jobs(files);
    expect(Object.keys(child).filter((name) => name.endsWith(":up"))).toHaveLength(1 + 26);
    expect(child["wave-3"]?.needs).toHaveLength(25);
    for (const shard of ["shard-1", "shard-2", "shard-3"]) {
      expect(child[shard]?.needs).toEqual(["shards", "wave-3"]);
    }
  });
});

describe("past a hundred customers", () => {
  const customers = Array.from({ length: 250 }, (_, index) => `bank-${String(index).padStart(3, "0")}`);
  const files = plan("deploy", { customers, platform: true });

  test("one more pipeline per hundred, after the platform, from the plan written again", () => {
    const child = jobs(files);
    expect(Object.keys(files).sort()).toEqual(["child.yml", "shard-1.yml", "shard-2.yml", "shard-3.yml"]);
    expect(child.shards).toMatchObject({ script: ["plan again"], artifacts: { paths: ["plan/"] } });
    expect(child["shard-3"]).toMatchObject({
      needs: ["shards", "platform:up"],
      trigger: { include: [{ artifact: "plan/shard-3.yml", job: "shards" }], strategy: "depend" },
    });
  });

  test("every customer is deployed in one shard and needs nothing of another pipeline", () => {
    const all = [1, 2, 3].flatMap((shard) => Object.entries(jobs(files, `shard-${shard}.yml`)));
    expect(all.filter(([name]) => name.endsWith(":up")).map(([name]) => name)).toEqual(
      customers.map((name) => `${name}:up`),
    );
    expect(all.filter(([name]) => name.endsWith(":preview")).every(([, job]) => job.needs?.length === 0)).toBe(true);
  });

  test("exactly a hundred stay together", () => {
    expect(Object.keys(plan("deploy", { customers: customers.slice(0, 100) }))).toEqual(["child.yml"]);
  });
});
