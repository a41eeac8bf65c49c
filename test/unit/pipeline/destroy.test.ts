import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { destroyJobs } from "../../../pipeline/jobs.ts";
import { temporaryFolder } from "../../support/folders.ts";

/** Says what it was called with, and for `kubectl` what a deployer whose lane is gone is told: its Role is gone with it. */
const PROGRAM = `#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$(basename "$0") $*" in
  "kubectl get namespace "*) printf %s "$PHASE" ;;
  "kubectl --namespace customer-gone "*) [ "$PHASE" = Active ] || { echo "Error from server (Forbidden)" >&2; exit 1; } ;;
esac
`;

/** Runs the job's script as a runner does, in a checkout from which the customer's file was removed. */
function destroy(phase: string, stackFile = false) {
  const checkout = temporaryFolder();
  const calls = join(temporaryFolder(), "calls");
  const programs = temporaryFolder();
  for (const path of ["kubectl", "pulumi"]
    .map((name) => join(programs, name))
    .concat(inside("node_modules/.bin/tsx"))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, PROGRAM);
    chmodSync(path, 0o755);
  }
  function inside(path: string): string {
    return join(checkout, path);
  }
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: checkout,
    }).toString();
  git("init", "--quiet");
  writeFileSync(inside(".gitignore"), "node_modules\n");
  mkdirSync(inside("customers"));
  const files = ["customers/gone.ts", "customers/gone.pem", ...(stackFile ? ["Pulumi.gone.yaml"] : [])];
  for (const file of ["customers/stays.ts", ...files]) {
    writeFileSync(inside(file), file);
  }
  git("add", ".");
  git("commit", "--quiet", "--message", "Add");
  for (const file of files) {
    rmSync(inside(file));
  }
  git("commit", "--quiet", "--all", "--message", "Remove");
  const script = (destroyJobs("gone")["gone:destroy"]?.script ?? []).join("\n");
  const { status, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
    cwd: checkout,
    encoding: "utf8",
    env: { ...process.env, PATH: [programs, process.env.PATH].join(delimiter), CALLS: calls, PHASE: phase },
  });
  return {
    status,
    stderr,
    calls: readFileSync(calls, "utf8").trimEnd().split("\n"),
    back: files.filter((file) => existsSync(inside(file))),
  };
}

const END = [
  "pulumi destroy --stack gone --yes --skip-preview --non-interactive --color never",
  "tsx pipeline/remove-remote-jobs.ts gone",
  "pulumi stack rm gone --yes --non-interactive",
];

test("a lane is emptied and signed in for, and then goes", () => {
  const { status, stderr, calls } = destroy("Active");
  expect(status, stderr).toBe(0);
  expect(calls).toContain("kubectl --namespace customer-gone delete cronworkflows,workflows --all --timeout=10m");
  expect(calls).toContain("tsx pipeline/remove-remote-jobs.ts gone --sign-in");
  expect(calls.slice(-3)).toEqual(END);
});

test.each([
  ["gone", ""],
  ["going", "Terminating"],
])("tried again where the lane is %s, it asks nothing of it, and the stack goes", (_, phase) => {
  const { status, stderr, calls } = destroy(phase);
  expect(status, stderr).toBe(0);
  expect(calls.slice(-3)).toEqual(END);
  expect(calls.filter((call) => /--namespace customer-gone|--sign-in/.test(call))).toEqual([]);
});

test("the settings of its stack are put back with its file where it had any: its credential may be in them", () => {
  expect(destroy("Active").back).toEqual(["customers/gone.ts", "customers/gone.pem"]);
  const { status, stderr, back } = destroy("Active", true);
  expect(status, stderr).toBe(0);
  expect(back).toEqual(["customers/gone.ts", "customers/gone.pem", "Pulumi.gone.yaml"]);
});
