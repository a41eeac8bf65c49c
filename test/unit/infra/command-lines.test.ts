import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryRoot } from "../../farm/paths.ts";
import { temporaryFolder } from "../../support/folders.ts";

/** Programs start slowly on a busy machine. */
const TIME = 60_000;

/** Runs a program of the checkout in a folder of its own, so that what it wrongly does is seen there. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cwd = temporaryFolder();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), join(repositoryRoot, program), ...args],
    { cwd, encoding: "utf8", env: { PATH: process.env.PATH, ...env }, input: "" },
  );
  return { status, stdout, stderr, cwd };
}

describe.each([
  ["infra/synth.ts", "npm run synth"],
  ["infra/helm.ts", "npm run synth:helm"],
  ["pipeline/supply/audit.ts", "npm run audit"],
  ["pipeline/remove-remote-jobs.ts", "tsx pipeline/remove-remote-jobs.ts seebank"],
  ["pipeline/release/cli.ts", "make release"],
])("%s", (program, example) => {
  test("helps with an example, and does nothing else", { timeout: TIME }, () => {
    const { status, stdout, stderr, cwd } = run(program, ["--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`\n  ${example}`);
    expect([existsSync(join(cwd, "dist")), existsSync(join(cwd, "dist-helm"))]).toEqual([false, false]);
  });

  test("refuses an option that it does not have, with its help", { timeout: TIME }, () => {
    const { status, stdout, stderr } = run(program, ["--foo"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("unknown option '--foo'");
    expect(stderr).toContain(example);
  });
});

test.each(["infra/synth.ts", "infra/helm.ts"])(
  "%s takes no customer's name, since it writes all",
  { timeout: TIME },
  (program) => {
    const { status, stderr } = run(program, ["nordbank"]);
    expect(status).toBe(1);
    expect(stderr).toContain("too many arguments");
  },
);

test("the live proof says that a kubeconfig cannot be read", { timeout: TIME }, () => {
  const folder = temporaryFolder();
  for (const kubeconfig of [folder, join(folder, "nothing")]) {
    const { status, stderr } = run("test/boundary/cli.ts", ["live", "--kubeconfig", kubeconfig]);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `--kubeconfig: received "${kubeconfig}"\n    rule: a file that can be read\n    fix: name the kubeconfig of the central cluster's administrator\n`,
    );
  }
});

test.each([["infra/synth.ts"], ["pipeline/isolation-cli.ts"]])(
  "%s reports a folder of customers that is not one",
  { timeout: TIME },
  (program) => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    for (const [folder, what] of [
      [`${file}s`, "a folder that does not exist"],
      [file, "something that is not a readable folder"],
    ] as const) {
      const { status, stderr } = run(program, [], { NIGHTLANE_CUSTOMERS: folder });
      expect(status).not.toBe(0);
      expect(stderr).toBe(
        `${folder}: received ${what}\n    rule: the folder of the customer files\n    fix: correct NIGHTLANE_CUSTOMERS, or unset it for customers/\n`,
      );
    }
  },
);

test("npm run isolation says so if a report cannot be written", { timeout: TIME }, () => {
  const file = join(temporaryFolder(), "none", "x.xml");
  const { status, stderr } = run("pipeline/isolation-cli.ts", ["--junit", file]);
  expect(status).toBe(2);
  expect(stderr).toContain(`--junit: received "${file}" (ENOENT`);
});

test("make release says what its variables lack before it fetches a tool", { timeout: TIME }, () => {
  const { status, stderr } = run("pipeline/release/cli.ts", ["settings"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^make release: 3 problems\n {2}REGISTRY: received nothing/);
});
