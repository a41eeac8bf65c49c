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

test("`cdk8s synth`, as the guide has it, starts clean and writes the folder that it is asked for", {
  timeout: 120_000,
}, async () => {
  const scratch = temporaryFolder();
  const outdir = join(scratch, "dist");
  const named = /`npx cdk8s (synth --check-upgrade=\S+)`/.exec(readFileSync(join(root, "docs/deploy.md"), "utf8"));
  const args = named?.[1]?.split(" ") ?? ["not named in the guide"];
  const { stdout, stderr } = await promisify(execFile)(cdk8s, [...args, "--output", outdir], {
    cwd: root,
    // cdk8s leaves its own folder behind.
    env: { ...process.env, CI: "1", TMPDIR: scratch },
  });
  expect(stdout + stderr).not.toMatch(/error|new version/i);
  const written = new Set([...contents(outdir).keys()].map((file) => file.split("/")[0]));
  expect([...written].sort()).toEqual([".made-by-nightlane", ...customerNames(), "platform"].sort());
});
