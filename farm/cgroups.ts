import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { until } from "./wait.ts";

const CGROUPS = "/sys/fs/cgroup";

/** Parent of all cgroups of a cluster's pods, below each controller's root. */
export function cgroupOf(clusterId: string): string {
  return `/nightlane-farm/${clusterId}`;
}

/** Makes the parent of a cluster's cgroups; the kubelet wants to find it. */
export async function makeCgroups(clusterId: string): Promise<void> {
  for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, cgroupOf(clusterId)), { recursive: true });
}

/** Removes the cgroups that ended processes left: of one cluster, or of all. */
export async function removeCgroups(clusterId?: string): Promise<void> {
  const path = clusterId === undefined ? "/nightlane-farm" : cgroupOf(clusterId);
  for (const hierarchy of await hierarchies()) {
    const folder = join(hierarchy, path);
    // The kernel refuses as long as a process is on its way out.
    const what = `the cgroups in ${folder} are empty`;
    await until({ what, limitSeconds: 20, everyMilliseconds: 50 }, async () => {
      await removeTree(folder);
      return !existsSync(folder);
    });
  }
}

/** The only root with cgroup v2; one root per controller with v1. */
async function hierarchies(): Promise<readonly string[]> {
  if (existsSync(join(CGROUPS, "cgroup.controllers"))) return [CGROUPS];
  const controllers = await readdir(CGROUPS, { withFileTypes: true });
  return controllers.filter((entry) => entry.isDirectory()).map((entry) => join(CGROUPS, entry.name));
}

async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const children = await readdir(folder, { withFileTypes: true });
  for (const child of children.filter((entry) => entry.isDirectory())) await removeTree(join(folder, child.name));
  try {
    await rmdir(folder);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "EBUSY" || error.code === "ENOENT")))
      throw error;
  }
}
