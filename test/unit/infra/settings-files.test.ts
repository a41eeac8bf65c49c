import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectCopy, TemporaryFolder } from "../../api/support.ts";
import { runCommand } from "../../farm/command.ts";

let folder: TemporaryFolder;
let project: string;

beforeAll(() => {
  folder = new TemporaryFolder();
  project = projectCopy(folder, "project");
  writeFileSync(join(project, "central.json"), '{\n  "argoCd": true,\n}\n');
});

afterAll(() => folder.remove());

const MISTAKE =
  'central.json: 1 problem\n  central.json:3 (file): received "}" in column 1\n' +
  "    rule: a JSON object with what lanes must know about the central cluster\n" +
  "    fix: remove the comma before it: nothing follows\n";

test.each([
  ["infra/synth.ts"],
  ["infra/helm.ts"],
  ["authoring/check/cli.ts", "nordbank"],
  ["pipeline/isolation-cli.ts"],
])(
  "a central.json that is not JSON is reported once by %s, without a stack trace",
  { timeout: 60_000 },
  async (...args) => {
    const { code, stderr } = await runCommand(process.execPath, ["--import", "tsx", ...args], { cwd: project });
    expect(code).not.toBe(0);
    expect(stderr).toBe(MISTAKE);
  },
);

test("the operator's command needs no central.json", { timeout: 60_000 }, async () => {
  const { code } = await runCommand(process.execPath, ["ops/nightlane.mjs", "--help"], { cwd: project });
  expect(code).toBe(0);
});
