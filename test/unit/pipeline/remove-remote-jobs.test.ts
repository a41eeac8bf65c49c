import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/folders.ts";

const PROGRAM = fileURLToPath(new URL("../../../pipeline/remove-remote-jobs.ts", import.meta.url));

/** Runs the program with a kubectl that prints its arguments and ends with `code`. */
function remove(env: Readonly<Record<string, string>>, code = 0, ...options: readonly string[]) {
  const folder = temporaryFolder();
  const kubectl = join(folder, "kubectl");
  writeFileSync(kubectl, `#!/bin/sh\necho "$@"\nexit ${code}\n`);
  chmodSync(kubectl, 0o755);
  return spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), PROGRAM, "nordbank", ...options], {
    env: { PATH: [folder, process.env.PATH].join(delimiter), ...env },
    encoding: "utf8",
  });
}

test("deletes the customer's Jobs in the namespace of its file, with its kubeconfig", () => {
  const { status, stdout } = remove({ CUSTOMER_KUBECONFIG: "/credentials/file" });
  expect(status).toBe(0);
  expect(stdout).toContain(
    "--kubeconfig /credentials/file --server https://10.64.1.10:6443 --tls-server-name k8s.nordbank.example --namespace risk delete jobs --selector nightlane/customer=nordbank",
  );
});

test("without a kubeconfig says what a person has to do", () => {
  const { status, stderr } = remove({});
  expect(status).toBe(1);
  expect(stderr).toContain(
    "fix: the customer's administrator removes them: kubectl --namespace risk delete jobs --selector nightlane/customer=nordbank",
  );
});

test("before the lane goes there is nothing to ask for: the kubeconfig stays good", () => {
  expect(remove({}, 1, "--sign-in")).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test("a refused deletion fails the job: something may still run", () => {
  const { status, stderr } = remove({ CUSTOMER_KUBECONFIG: "/credentials/file" }, 1);
  expect(status).toBe(1);
  expect(stderr).toContain("Jobs of nordbank may still run");
});
