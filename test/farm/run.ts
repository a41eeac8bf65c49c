import { UserError } from "../../constructs/definition/problem.ts";
import { type CommandOptions, runCommand } from "./command.ts";

/** How a short command is run: in {@link plainEnvironment} and within two minutes, unless set otherwise. */
export interface RunOptions extends CommandOptions {
  /** What failed, for the error's first line. @default - the command itself */
  readonly purpose?: string;
}

/**
 * The environment of everything that the farm starts: search path and language and nothing else. Above all no proxy
 * settings: traffic inside the farm must not leave it.
 */
export const plainEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
  HOME: "/root",
};

/** Runs a command to its end and returns what it printed. @throws UserError with its output if it fails */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { purpose, ...settings } = { env: plainEnvironment, limitSeconds: 120, ...options };
  const { code, stdout, stderr } = await runCommand(command, args, settings);
  if (code === 0) {
    return stdout;
  }
  const said = stderr.trim().split("\n").slice(-8).join("\n  | ");
  const what = purpose ?? [command, ...args].join(" ").slice(0, 160);
  throw new UserError(`${what} failed (exit ${code})${said === "" ? "." : `:\n  | ${said}`}`);
}
