import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../../constructs/definition/problem.ts";

/** How a command is run. */
export interface LoggedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** @default the current folder */
  readonly cwd?: string;
  /** Variables set besides those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** File that everything the command prints is appended to. */
  readonly log: string;
}

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const running = new Set<ChildProcess>();

function endAll(): void {
  for (const child of running) {
    if (child.pid !== undefined) {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
          throw error;
        }
      }
    }
  }
}

function endAllAndDie(signal: NodeJS.Signals): void {
  endAll();
  stopWatchingSignals();
  process.kill(process.pid, signal);
}

function watchSignals(): void {
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, endAllAndDie);
  }
  process.on("exit", endAll);
}

function stopWatchingSignals(): void {
  for (const signal of ENDING_SIGNALS) {
    process.off(signal, endAllAndDie);
  }
  process.off("exit", endAll);
}

/**
 * Runs a command to its end, its output in a log. The command leads a process group of its own, which
 * is ended with this process, so that an interrupted build does not go on unseen.
 *
 * @throws UserError if the command cannot be started or fails; names the log and quotes its last lines
 */
export async function runLogged(run: LoggedCommand): Promise<void> {
  await mkdir(dirname(run.log), { recursive: true });
  const log = await open(run.log, "a");
  try {
    await log.write(`$ ${[run.command, ...run.args].join(" ")}\n`);
    const child = spawn(run.command, run.args, {
      cwd: run.cwd,
      env: { ...process.env, ...run.env },
      stdio: ["ignore", log.fd, log.fd],
      detached: true,
    });
    await ended(child, run);
  } finally {
    await log.close();
  }
}

async function ended(child: ChildProcess, run: LoggedCommand): Promise<void> {
  if (running.size === 0) {
    watchSignals();
  }
  running.add(child);
  const outcome = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code === 0 ? "" : `exit code ${code ?? signal}`));
  });
  running.delete(child);
  if (running.size === 0) {
    stopWatchingSignals();
  }
  if (outcome !== "") {
    throw new UserError(failureMessage(run, outcome, await readFile(run.log, "utf8")));
  }
}

/** What a person needs to go on: the command, how it ended, the end of its output, where the rest is. */
export function failureMessage(run: Pick<LoggedCommand, "command" | "args" | "log">, outcome: string, output: string) {
  const lines = output.trimEnd().split("\n").slice(-8);
  const shown = [run.command, ...run.args].join(" ");
  return [
    `${shown.length > 120 ? `${shown.slice(0, 117)}...` : shown} failed: ${outcome}.`,
    ...lines.map((line) => `  | ${line}`),
    `The whole log is in ${run.log}.`,
  ].join("\n");
}
