import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/folders.ts";
import { REPOSITORY } from "../../support/reached-files.ts";

const PROGRAM = fileURLToPath(new URL("../../../pipeline/remove-remote-jobs.ts", import.meta.url));

/** Runs the program with a kubectl that prints its arguments and ends with `code`, and a Pulumi that runs `pulumi`. */
function remove(env: Readonly<Record<string, string>>, code = 0, options: readonly string[] = [], pulumi = "exit 1") {
  const folder = temporaryFolder();
  program("kubectl", `echo "$@"\n[ ! -e nordbank.remote-kubeconfig ] || stat --format=%a:%s *\nexit ${code}`);
  program("pulumi", pulumi);
  function program(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const cwd = temporaryFolder();
  const ended = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), PROGRAM, "nordbank", ...options], {
    cwd,
    env: { PATH: [folder, process.env.PATH].join(delimiter), ...env },
    encoding: "utf8",
  });
  return { ...ended, left: readdirSync(cwd) };
}

/** A folder of customer files in which nordbank's kubeconfig is a secret of its stack. */
function withPulumiSecret(): string {
  const folder = temporaryFolder();
  const source = readFileSync(join(REPOSITORY, "customers/nordbank.ts"), "utf8")
    .replace('gitlabFile("CUSTOMER_KUBECONFIG")', 'pulumiSecret("kubeconfig")')
    .replace("gitlabFile,", "pulumiSecret,")
    .replace("../constructs/", `${REPOSITORY}/constructs/`);
  writeFileSync(join(folder, "nordbank.ts"), source);
  return folder;
}

const BY_HAND =
  "fix: the customer's administrator removes them: kubectl --namespace risk delete jobs --selector nightlane/customer=nordbank";

test("deletes the customer's Jobs in the namespace of its file, with its kubeconfig", () => {
  const { status, stdout } = remove({ CUSTOMER_KUBECONFIG: "/credentials/file" });
  expect(status).toBe(0);
  expect(stdout).toContain(
    "--kubeconfig /credentials/file --server https://10.64.1.10:6443 --tls-server-name k8s.nordbank.example --namespace risk delete jobs --selector nightlane/customer=nordbank",
  );
});

test("without a kubeconfig says what a person has to do, and does not keep the stack for it", () => {
  const { status, stderr } = remove({});
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /^warning: customers\/nordbank\.ts: credentials\.kubeconfig: received no environment variable CUSTOMER_KUBECONFIG /,
  );
  expect(stderr).toContain(BY_HAND);
});

test("before the lane goes there is nothing to ask for: the kubeconfig stays good", () => {
  expect(remove({}, 1, ["--sign-in"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test("a refused deletion is a warning, as the lane is gone: something may still run, which a person ends", () => {
  const { status, stderr } = remove({ CUSTOMER_KUBECONFIG: "/credentials/file" }, 1);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^warning: .*Jobs of nordbank may still run\n/);
  expect(stderr).toContain(BY_HAND);
});

test("reads a kubeconfig that the stack keeps, into a file for as long as it is needed, and shows none of it", () => {
  const pulumi = '[ "$*" = "config get --stack nordbank -- kubeconfig" ] && echo canary-kubeconfig';
  const { status, stdout, stderr, left } = remove({ NIGHTLANE_CUSTOMERS: withPulumiSecret() }, 0, [], pulumi);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("--kubeconfig nordbank.remote-kubeconfig ");
  expect(stdout).toContain("\n600:");
  expect(stdout).not.toContain("canary");
  expect(left).toEqual([]);
});

test("warns where the stack has no such secret", () => {
  const pulumi = "echo canary-kubeconfig; echo 'error: configuration key not found' >&2; exit 1";
  const { status, stdout, stderr, left } = remove({ NIGHTLANE_CUSTOMERS: withPulumiSecret() }, 0, [], pulumi);
  expect(status).toBe(0);
  expect(stderr).toContain("error: configuration key not found");
  expect(stderr).toContain(BY_HAND);
  expect(stdout + stderr).not.toContain("canary");
  expect(left).toEqual([]);
});
