import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { identify } from "../processes.ts";

/** What Pulumi's file backend records of the process that holds a stack. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Whether a stack is locked only by processes of this machine that are gone: they were killed, and their lock would
 * block the stack permanently.
 *
 * @param locks Folder of the stack's locks.
 */
export async function isLeftLocked(locks: string): Promise<boolean> {
  if (!existsSync(locks)) {
    return false;
  }
  const files = (await readdir(locks)).filter((file) => file.endsWith(".json"));
  const holders = await Promise.all(files.map(async (file) => readLock(join(locks, file))));
  const isGone = await Promise.all(
    holders.map(async (lock) => lock.hostname === hostname() && (await identify(lock.pid)) === undefined),
  );
  return holders.length > 0 && isGone.every(Boolean);
}

async function readLock(file: string): Promise<Lock> {
  return JSON.parse(await readFile(file, "utf8"));
}
