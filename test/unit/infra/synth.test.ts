import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { customerNames } from "../../../constructs/definition/customer-files.ts";
import { contents, temporaryFolder } from "../../support/folders.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const cdk8s = join(root, "node_modules/.bin/cdk8s");

test("`cdk8s synth` writes the folder that it is asked for", { timeout: 120_000 }, async () => {
  const outdir = join(temporaryFolder(), "dist");
  const guide = readFileSync(join(root, "docs/deploy.md"), "utf8");
  const set = guide.indexOf("\nexport CDK8S_CHECK_UPGRADE=false");
  expect(set, "the guide sets it before the first cdk8s synth").toBeGreaterThan(0);
  expect(guide.indexOf("\ncdk8s synth")).toBeGreaterThan(set);
  const { stdout, stderr } = await promisify(execFile)(cdk8s, ["synth", "--output", outdir], {
    cwd: root,
    env: { ...process.env, CI: "1", CDK8S_CHECK_UPGRADE: "false" },
  });
  expect(stdout + stderr).not.toMatch(/error|new version/i);
  const written = new Set([...contents(outdir).keys()].map((file) => file.split("/")[0]));
  expect([...written].sort()).toEqual([".made-by-nightlane", ...customerNames(), "platform"].sort());
});
