import { join } from "node:path";
import { cacheRoot } from "../tools/cache.ts";
import { type Captured, capture } from "../tools/capture.ts";
import { runLogged } from "../tools/command.ts";

/**
 * Buildah with a storage of its own inside the cache: it touches no other images of the machine, and
 * removing the cache removes its layers too.
 */
function storage(): string[] {
  return ["--root", join(cacheRoot(), "buildah"), "--runroot", "/run/nightlane-buildah"];
}

/** Runs buildah with its output in a log. @throws FarmError if it fails */
export async function buildah(args: readonly string[], log: string): Promise<void> {
  await runLogged({ command: "buildah", args: [...storage(), ...args], log });
}

/** Runs buildah and returns what it said. */
export async function askBuildah(args: readonly string[], timeoutMilliseconds = 60_000): Promise<Captured> {
  return capture("buildah", [...storage(), ...args], { timeoutMilliseconds });
}
