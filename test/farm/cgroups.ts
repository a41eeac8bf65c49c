import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "./wait.ts";

const CGROUPS = "/sys/fs/cgroup";

/** Parent of all cgroups of a farm, or of one cluster's pods, below each controller's root. */
export function cgroupOf(farm: string, clusterId = ""): string {
  return join(`/nightlane-farm-${createHash("sha256").update(farm).digest("hex").slice(0, 8)}`, clusterId);
}

/** Makes the parent of a cluster's cgroups; the kubelet expects it. */
export async function makeCgroups(cgroup: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    await mkdir(join(hierarchy, cgroup), { recursive: true });
  }
}

/** Removes the cgroups that ended processes left behind. */
export async function removeCgroups(cgroup: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, cgroup);
    // The kernel refuses as long as a process is still ending.
    const what = `the cgroups in ${folder} are empty`;
    await until({ what, limitSeconds: 20, everyMilliseconds: 50 }, async () => {
      await removeTree(folder);
      return !existsSync(folder);
    });
  }
}

/** The only root with cgroup v2; one root per controller with v1. */
async function hierarchies(): Promise<readonly string[]> {
  if (existsSync(join(CGROUPS, "cgroup.controllers"))) {
    return [CGROUPS];
  }
  const controllers = await readdir(CGROUPS, { withFileTypes: true });
  return controllers.filter((entry) => entry.isDirectory()).map((entry) => join(CGROUPS, entry.name));
}

async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) {
    return;
  }
  const children = await readdir(folder, { withFileTypes: true });
  for (const child of children.filter((entry) => entry.isDirectory())) {
    await removeTree(join(folder, child.name));
  }
  try {
    await rmdir(folder);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "EBUSY" || error.code === "ENOENT"))) {
      throw error;
    }
  }
}
