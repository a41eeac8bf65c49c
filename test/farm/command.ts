import { spawn } from "node:child_process";

/** How a command ended. */
export interface CommandResult {
  /** The command as a person would type it. */
  readonly command: string;
  /** Its exit code; 127 where it could not be started, 128 where a signal ended it. */
  readonly code: number;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
  /** Standard error, or why the command could not be started. */
  readonly stderr: string;
}

export interface CommandOptions {
  /** @default - the current folder */
  readonly cwd?: string;
  /** The whole environment. @default - that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Text for its standard input. @default - none */
  readonly input?: string;
  /** Seconds after which it is ended. @default 600 */
  readonly limitSeconds?: number;
}

/** Runs a command to its end and returns what it printed, even if it fails or does not exist. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: "pipe",
    timeout: (options.limitSeconds ?? 600) * 1000,
  });
  const said = { output: "", stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said.output += text;
      said[name] += text;
    });
  }
  // A command that ends without reading its input is judged by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const command = [file.split("/").at(-1), ...args].join(" ");
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve({ command, code: 127, output: message, stdout: "", stderr: message }));
    child.once("close", (code) => resolve({ command, code: code ?? 128, ...said }));
  });
}
