import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { UserError } from "../../constructs/definition/problem.ts";
import { isAlive, type ProcessIdentity } from "./processes.ts";
import { until } from "./wait.ts";

/** One long-running process of a cluster. */
export interface Component {
  /** Its name in records, logs and messages: "etcd", "kubelet". */
  readonly name: string;
  readonly command: readonly string[];
}

/** Starts components somewhere: on this machine, or inside a cluster's namespaces. */
export interface Launcher {
  /** Starts a component, its output appended to `log`; does not wait until it is ready. */
  start(component: Component, log: string): Promise<ProcessIdentity>;
}

/** Waits until a started component answers. @throws UserError with its last output if it ends or stays silent */
export async function untilReady(
  component: Component,
  identity: ProcessIdentity,
  log: string,
  limitSeconds: number,
  ready: () => Promise<boolean>,
): Promise<void> {
  await until(
    {
      what: `${component.name} is ready`,
      limitSeconds,
      lookAt: log,
      hopeless: async () => ((await isAlive(identity)) ? undefined : `it ended\n${await lastWords(log)}`),
    },
    ready,
  );
}

/** The error for a component that ended while it was being started. */
export async function startupFailure(component: Component, log: string): Promise<UserError> {
  return new UserError(`${component.name} ended at once.\n${await lastWords(log)}\nLook at ${log}`);
}

async function lastWords(log: string): Promise<string> {
  if (!existsSync(log)) {
    return "  | (it said nothing)";
  }
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n").slice(-5);
  return lines.map((line) => `  | ${line.slice(0, 400)}`).join("\n");
}
