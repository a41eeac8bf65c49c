import { readFile, rm, writeFile } from "node:fs/promises";
import { UserError } from "../../../constructs/definition/problem.ts";
import { runCommand } from "../command.ts";
import { cacheFolders, exists } from "./cache.ts";
import { runLogged } from "./command.ts";
import { withLock } from "./lock.ts";
import { type Reporter, reported } from "./reporter.ts";

/** Debian packages that clusters of the farm run on. */
export const clusterPackages = [
  "conntrack",
  "containerd",
  "containernetworking-plugins",
  "iproute2",
  "ipset",
  "iptables",
  "runc",
  "util-linux",
] as const;

/** Debian packages that images are built with; the keys are those with which Debian signs its packages. */
export const imagePackages = ["buildah", "debian-archive-keyring", "debootstrap"] as const;

/** One line `package status` each. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders are dpkg's, not ours
const STATUS_FORMAT = "--showformat=${Package} ${db:Status-Status}\\n";

/** Asked by Debian's package scripts before they start a service; 101 means no. */
const POLICY_FILE = "/usr/sbin/policy-rc.d";
const POLICY = "#!/bin/sh\n# Nightlane's farm installs packages without starting their services.\nexit 101\n";

const APT_ENVIRONMENT = { DEBIAN_FRONTEND: "noninteractive" } as const;

/**
 * Installs Debian packages, only those that are missing, and starts none of their services: the farm
 * runs its own containerd.
 *
 * @throws UserError if this machine has no apt, this process is not root, or apt fails; names the log
 */
export async function ensurePackages(names: readonly string[], reporter: Reporter): Promise<void> {
  const missing = await missingPackages(names);
  if (missing.length === 0) {
    return;
  }
  if (process.getuid?.() !== 0) {
    throw new UserError(`Debian packages are missing: ${missing.join(", ")}. ${installCommand(missing)}`);
  }
  const onWait = () => reporter.note("waiting for another process that is installing packages");
  await withLock(cacheFolders.lock("packages"), onWait, async () => {
    const stillMissing = await missingPackages(missing);
    if (stillMissing.length > 0) {
      await reported(reporter, `installing ${stillMissing.join(", ")}`, () => install(stillMissing));
    }
  });
}

/** Which of `names` are not installed, in the order given. */
export async function missingPackages(names: readonly string[]): Promise<string[]> {
  const said = await runCommand("dpkg-query", ["--show", STATUS_FORMAT, ...names]);
  if (said.code === 127) {
    throw new UserError(`dpkg is missing: the farm runs on Debian or Ubuntu. Packages needed: ${names.join(", ")}`);
  }
  return notInstalled(names, said.stdout);
}

/** Reads lines of `package status` as dpkg-query prints them; packages it does not know have no line. */
export function notInstalled(names: readonly string[], statuses: string): string[] {
  const installed = new Set(
    statuses
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.slice(0, line.indexOf(" "))),
  );
  return names.filter((name) => !installed.has(name));
}

/** The sentence that tells a person without root how to get them. */
export function installCommand(names: readonly string[]): string {
  return `Install them: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(" ")}`;
}

async function install(names: readonly string[]): Promise<void> {
  const log = cacheFolders.log("packages");
  await rm(log, { force: true });
  const apt = (...args: string[]) =>
    runLogged({
      command: "apt-get",
      args: ["-q", "-o", "DPkg::Lock::Timeout=300", ...args],
      env: APT_ENVIRONMENT,
      log,
    });
  await withoutStartingServices(async () => {
    await apt("update");
    await apt("install", "-y", "--no-install-recommends", ...names);
  });
}

async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  // The machine's own policy, if it has one, stays in force; ours may be left from a run that was ended.
  const ours = !(await exists(POLICY_FILE)) || (await readFile(POLICY_FILE, "utf8")) === POLICY;
  if (ours) {
    await writeFile(POLICY_FILE, POLICY, { mode: 0o755 });
  }
  try {
    await work();
  } finally {
    if (ours) {
      await rm(POLICY_FILE, { force: true });
    }
  }
}
