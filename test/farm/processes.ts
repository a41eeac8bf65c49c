import { readdir, readFile, readlink } from "node:fs/promises";
import { until } from "./wait.ts";

/**
 * A process that cannot be mistaken for another: the kernel reuses numbers, but not with the same start
 * time within one boot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot. */
  readonly startTime: number;
}

/**
 * The identity of a running process; undefined if there is none with that number, or only its zombie. A zombie whose
 * other threads are still ending runs: they hold its ports and files.
 */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readProc(pid, "stat");
  if (stat === undefined) {
    return undefined;
  }
  const { state, startTime } = parseStat(stat);
  const isZombie = state === "Z" || state === "X";
  return isZombie && (await threadsOf(pid)) <= 1 ? undefined : { pid, startTime };
}

async function threadsOf(pid: number): Promise<number> {
  try {
    return (await readdir(`/proc/${pid}/task`)).length;
  } catch (error) {
    if (isGone(error)) {
      return 0;
    }
    throw error;
  }
}

/** Whether exactly this process still runs. */
export async function isAlive(process: ProcessIdentity | undefined): Promise<boolean> {
  if (process === undefined) {
    return false;
  }
  return (await identify(process.pid))?.startTime === process.startTime;
}

/** State letter, parent and start time in the content of /proc/<pid>/stat; the command's name may hold anything. */
export function parseStat(stat: string): { state: string; parent: number; startTime: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", parent: Number(fields[1]), startTime: Number(fields[19]) };
}

/** The children of a process. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const isChild = async (candidate: number): Promise<boolean> => {
    const stat = await readProc(candidate, "stat");
    return stat !== undefined && parseStat(stat).parent === pid;
  };
  return filterAsync(await allPids(), isChild);
}

/** The process that is `innerPid` inside the PID namespace of `init`, as this machine numbers it. */
export async function findInNamespace(init: number, innerPid: number): Promise<number | undefined> {
  const namespace = await pidNamespace(init);
  const isIt = async (candidate: number): Promise<boolean> => {
    const status = await readProc(candidate, "status");
    const numbers = status?.match(/^NSpid:\s+(.*)$/m)?.[1]?.split(/\s+/);
    return Number(numbers?.at(-1)) === innerPid && (await pidNamespace(candidate)) === namespace;
  };
  const [found] = await filterAsync(await allPids(), isIt);
  return found;
}

/** The process inside the PID namespace of `init` that was started with exactly this command. */
export async function findByCommand(init: number, command: readonly string[]): Promise<ProcessIdentity | undefined> {
  const namespace = await pidNamespace(init);
  const line = command.map((word) => `${word}\0`).join("");
  const isIt = async (candidate: number): Promise<boolean> =>
    (await readProc(candidate, "cmdline")) === line && (await pidNamespace(candidate)) === namespace;
  const [found] = await filterAsync(await allPids(), isIt);
  return found === undefined ? undefined : identify(found);
}

/** Every process that has an entry starting with `prefix` ("NAME=va") in its environment. */
export async function findByEnvironment(prefix: string): Promise<readonly ProcessIdentity[]> {
  const carries = async (pid: number): Promise<boolean> =>
    (await readProc(pid, "environ"))?.split("\0").some((entry) => entry.startsWith(prefix)) ?? false;
  const found = await Promise.all((await filterAsync(await allPids(), carries)).map(identify));
  return found.filter((process) => process !== undefined);
}

/** Seconds that a process gets to end by itself after SIGTERM. */
const GRACE_SECONDS = 10;

/** Ends a process: SIGTERM, then SIGKILL for one that stays. Does nothing if it is gone or its number was reused. */
export async function terminate(target: ProcessIdentity, graceSeconds: number = GRACE_SECONDS): Promise<void> {
  if (graceSeconds > 0 && (await signal(target, "SIGTERM"))) {
    const end = Date.now() + graceSeconds * 1000;
    await until(
      { what: `process ${target.pid} ends`, limitSeconds: graceSeconds + 1, everyMilliseconds: 30 },
      async () => {
        return Date.now() > end || !(await isAlive(target));
      },
    );
  }
  if (await signal(target, "SIGKILL")) {
    const gone = async (): Promise<boolean> => !(await isAlive(target));
    await until({ what: `process ${target.pid} ends after SIGKILL`, limitSeconds: 30, everyMilliseconds: 20 }, gone);
  }
}

/** Sends a signal if exactly this process runs; returns whether it did. */
export async function signal(target: ProcessIdentity, name: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(target))) {
    return false;
  }
  try {
    process.kill(target.pid, name);
    return true;
  } catch (error) {
    if (isGone(error)) {
      return false;
    }
    throw error;
  }
}

async function allPids(): Promise<readonly number[]> {
  return (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map(Number);
}

async function pidNamespace(pid: number): Promise<string | undefined> {
  return goneIsUndefined(readlink(`/proc/${pid}/ns/pid`));
}

async function readProc(pid: number, file: string): Promise<string | undefined> {
  return goneIsUndefined(readFile(`/proc/${pid}/${file}`, "utf8"));
}

async function goneIsUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isGone(error)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Errors from reading or signalling a process that has ended in the meantime, or whose namespaces are being removed.
 */
function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES";
}

async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<readonly T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_item, index) => kept[index]);
}
