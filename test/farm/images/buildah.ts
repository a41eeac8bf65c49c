import { join } from "node:path";
import { type CommandResult, runCommand } from "../command.ts";
import { cacheFolders, cacheRoot } from "../tools/cache.ts";
import { runLogged } from "../tools/command.ts";

/**
 * Buildah with a storage of its own inside the cache: it touches no other images of the machine, and
 * removing the cache removes its layers too.
 */
function storage(): string[] {
  return ["--root", join(cacheRoot(), "buildah"), "--runroot", "/run/nightlane-buildah"];
}

/** Runs buildah with its output in a log. @throws UserError if it fails */
export async function buildah(args: readonly string[], log: string): Promise<void> {
  await runLogged({ command: "buildah", args: [...storage(), ...args], log });
}

/** Lock to hold while building: everything shares one storage, and two builds at once are no faster. */
export function storageLock(): string {
  return cacheFolders.lock("images");
}

/** Above this many KiB the kept layers are dropped: 12 GiB, some tens of builds of all images. */
const STORAGE_LIMIT_KIB = 12 * 1024 * 1024;

/**
 * Removes the containers that a killed build left behind. Call it with {@link storageLock} held: then none is in use.
 */
export async function removeLeftovers(log: string): Promise<void> {
  await buildah(["rm", "--all"], log);
}

/**
 * Drops all images and layers once they take too much room; what was built from them is in archives, and
 * the next build merely installs its packages again. Call it with {@link storageLock} held.
 */
export async function limitStorage(log: string): Promise<void> {
  // One file system: the mounts of containers would count every layer again.
  const said = await runCommand("du", ["-skx", join(cacheRoot(), "buildah")]);
  if (Number.parseInt(said.stdout, 10) > STORAGE_LIMIT_KIB) {
    await buildah(["rmi", "--all", "--force"], log);
  }
}

/** Runs buildah and returns its output. */
export async function askBuildah(args: readonly string[], limitSeconds = 60): Promise<CommandResult> {
  return runCommand("buildah", [...storage(), ...args], { limitSeconds });
}
