import { execFile } from "node:child_process";
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
  await promisify(execFile)(cdk8s, ["synth", "--output", outdir, "--check-upgrade", "false"], {
    cwd: root,
    env: { ...process.env, CI: "1" },
  });
  const written = new Set([...contents(outdir).keys()].map((file) => file.split("/")[0]));
  expect([...written].sort()).toEqual([...customerNames(), "platform"].sort());
});
