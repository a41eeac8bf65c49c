import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../../constructs/definition/problem.ts";

/**
 * Runs `work` while holding the lock `file`; waits as long as another process holds it.
 *
 * The lock is the kernel's (flock(1)), held by a child that ends when this end of its pipe closes: it is
 * free again the moment this process is gone, however it ended, so there is no stale lock to clear.
 *
 * @param onWait - called once if the lock is held by somebody else
 */
export async function withLock<T>(file: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const release = await acquire(file, onWait);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** How soon waiting is worth reporting. */
const WAIT_NOTICE_MS = 500;

async function acquire(file: string, onWait: () => void): Promise<() => Promise<void>> {
  const holder = spawn("flock", [file, "sh", "-c", "echo locked; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
    // Outside this process' group, so that Ctrl-C does not free the lock before the build has ended.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => {
    holder.once("exit", () => resolve());
  });
  const notice = setTimeout(onWait, WAIT_NOTICE_MS);
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once("data", () => resolve());
      holder.once("error", () =>
        reject(new UserError("flock is missing on this machine; install it: apt-get install -y util-linux")),
      );
      holder.once("exit", (code) =>
        reject(new UserError(`the lock ${file} cannot be taken: flock ended with ${code}`)),
      );
    });
  } finally {
    clearTimeout(notice);
  }
  return async () => {
    holder.stdin.end();
    await exited;
  };
}
