import { spawn } from "node:child_process";

/** How a command ended. */
export interface CommandResult {
  /** The command as a person would type it. */
  readonly command: string;
  readonly code: number;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
  /** Standard output alone. */
  readonly stdout: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Text for its standard input. @default - none */
  readonly input?: string;
  /** Seconds after which it is ended. @default 600 */
  readonly limitSeconds?: number;
}

/** Runs a command to its end; a failure is told, not thrown. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: "pipe",
    timeout: (options.limitSeconds ?? 600) * 1000,
  });
  let output = "";
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  // A command that ends without reading its input is judged by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit ?? 128));
  });
  return { command: [file.split("/").at(-1), ...args].join(" "), code, output, stdout };
}
