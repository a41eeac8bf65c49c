import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { IConfiguration } from "dependency-cruiser";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/folders.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

const RULES = join(REPOSITORY, ".dependency-cruiser.mjs");

/** For each rule an import that it forbids: the file that imports, and what it imports. */
const BREACHES: Readonly<Record<string, readonly (readonly [file: string, imported: string])[]>> = {
  "no-circle": [
    ["infra/one.ts", "infra/two.ts"],
    ["infra/two.ts", "infra/one.ts"],
  ],
  "test-is-imported-by-nothing": [["infra/stack.ts", "test/farm/farm.ts"]],
  "settings-are-read": [["infra/stack.ts", "central.json"]],
  "customers-import-constructs": [["customers/bank.ts", "constructs/lane/lane.ts"]],
  "runs-stands-alone": [["runs/run.ts", "constructs/index.ts"]],
  "api-stands-alone": [["api/client.ts", "runs/run.ts"]],
  "constructs-know-no-deployment": [["constructs/lane/lane.ts", "infra/stack.ts"]],
  "constructs-know-no-pulumi": [["runs/run.ts", "@pulumi/pulumi"]],
  "infra-deploys": [["infra/stack.ts", "ops/verb.ts"]],
  "infra-deploys-what-is-proved": [["infra/stack.ts", "constructs/synthesize.ts"]],
  "ops-and-nightwatch-stay-apart": [["nightwatch/watch.ts", "ops/verb.ts"]],
  "isolation-proves-manifests": [["isolation/prove.ts", "pipeline/plan.ts"]],
  "authoring-helps-authors": [["authoring/draw.ts", "infra/stack.ts"]],
  "release-takes-what-was-built": [["pipeline/release/push.ts", "pipeline/plan.ts"]],
  "pipeline-calls-down": [["pipeline/plan.ts", "ops/verb.ts"]],
};

test("each rule has its breach", async () => {
  const { default: config } = (await import(pathToFileURL(RULES).href)) as { readonly default: IConfiguration };
  expect(Object.keys(BREACHES).sort()).toEqual(config.forbidden?.map(({ name }) => name ?? "").sort());
});

test.each(Object.entries(BREACHES))("%s forbids its breach", (name, imports) => {
  const folder = temporaryFolder();
  const files = new Set(imports.flat().filter((file) => /\.(ts|json)$/.test(file)));
  for (const file of files) {
    const targets = imports.filter(([from]) => from === file).map(([, to]) => specifier(file, to));
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(
      join(folder, file),
      [...targets.map((to) => `import ${JSON.stringify(to)};`), "export {};"].join("\n"),
    );
  }
  copyFileSync(join(REPOSITORY, "tsconfig.json"), join(folder, "tsconfig.json"));
  const cruise = [join(REPOSITORY, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs")];
  const options = ["--config", RULES, "--output-type", "json", "."];
  const { stdout, stderr } = spawnSync(process.execPath, [...cruise, ...options], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  const { summary } = JSON.parse(stdout) as {
    readonly summary: { readonly violations: readonly { readonly rule: { readonly name: string } }[] };
  };
  expect([...new Set(summary.violations.map(({ rule }) => rule.name))]).toContain(name);
});

function specifier(from: string, to: string): string {
  return to.endsWith(".ts") ? `${"../".repeat(from.split("/").length - 1)}${to}` : to;
}
