import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { type LockedPackage, npmPackages, pipPackages } from "./locks.ts";

/** Lock files of everything that is installed, here or in an image. */
export const PIP_LOCKS: readonly string[] = [
  "runner/requirements.lock",
  "runner/requirements-dev.lock",
  "constructs/calendars/requirements.lock",
  "examples/risk/requirements.lock",
  "examples/risk/requirements-build.lock",
  "examples/risk/requirements-check.lock",
  "test/scanners/checkov/requirements.lock",
];

/** What is wrong with a lock file, without using the network: each finding with its fix. */
export function lockFindings(file: string, packages: readonly LockedPackage[]): readonly string[] {
  const findings = packages.flatMap(({ name, version, hashes, bundled, addresses }) => [
    ...(/^\d[\w.!+-]*$/.test(version) ? [] : [`${name} is pinned to no version`]),
    ...(hashes.length > 0 || bundled ? [] : [`${name} ${version} has no hash`]),
    ...hashes.filter((hash) => !/^sha(512|384)-|^sha256:/.test(hash)).map((hash) => `${name} ${version} has ${hash}`),
    ...addresses.map((address) => `${name} ${version} names ${address}`),
  ]);
  const empty = packages.length === 0 ? ["names no package at all"] : [];
  return [...empty, ...findings].map(
    (finding) => `${file}: ${finding}\n    fix: regenerate the lock, with hashes and without addresses`,
  );
}

/**
 * `audit.ts`: checks the lock files themselves, which needs no network, and known vulnerabilities of their packages,
 * which does: where no database can be reached, that is reported, and with `--required` it is a failure.
 */
function audit(root: string, required: boolean): boolean {
  const findings = [
    ...lockFindings("package-lock.json", npmPackages(root)),
    ...PIP_LOCKS.flatMap((file) => lockFindings(file, pipPackages(root, file))),
  ];
  for (const finding of findings) {
    console.error(finding);
  }
  const unsaid = [
    advisories("npm audit", "npm", ["audit", "--package-lock-only", "--audit-level=high"], root),
    ...PIP_LOCKS.map((file) =>
      advisories(`pip-audit of ${file}`, "pip-audit", ["--require-hashes", "--requirement", file], root),
    ),
  ];
  const holes = unsaid.filter((each) => each === "holes").length;
  const silent = unsaid.filter((each) => each === "unknown").length;
  console.log(
    `audit: ${PIP_LOCKS.length + 1} lock files, ${findings.length} findings; advisories: ${holes} with vulnerabilities, ${silent} unknown here`,
  );
  return findings.length === 0 && holes === 0 && !(required && silent > 0);
}

/** Runs a tool that queries a database. Its own failure does not count as a clean result. */
function advisories(
  what: string,
  program: string,
  args: readonly string[],
  root: string,
): "none" | "holes" | "unknown" {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: "utf8", timeout: 120_000 });
  if (status === 0) {
    return "none";
  }
  if (error === undefined && /vulnerabilit/i.test(stdout) && !/endpoint returned an error/.test(stderr)) {
    console.error(`${what}:\n${stdout}`);
    return "holes";
  }
  const reason = error?.message ?? (stderr.trim().split("\n")[0] || `it ended with ${status}`);
  console.log(`${what}: unknown: ${reason}`);
  return "unknown";
}

const EXAMPLES = `
Examples:
  npm run audit
  npm run audit -- --required         for a pipeline that may ask registries

It ends with 1 where something was found.`;

if (import.meta.main) {
  new Command("audit")
    .description("Checks every lock file, and queries known vulnerabilities of the packages in them.")
    .option("--required", "fail where known vulnerabilities cannot be queried")
    .addHelpText("after", EXAMPLES)
    .showHelpAfterError()
    .action(({ required = false }: { readonly required?: boolean }) => {
      process.exitCode = audit(join(import.meta.dirname, "../.."), required) ? 0 : 1;
    })
    .parse();
}
