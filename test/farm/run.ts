import { spawn } from "node:child_process";
import { FarmError } from "./tools/errors.ts";

/** How a short command is run. */
export interface RunOptions {
  /** Text for its standard input. @default - none */
  readonly input?: string;
  /** Its whole environment. @default - {@link plainEnvironment} */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - the current folder */
  readonly cwd?: string;
  /** Seconds after which it is ended. @default 120 */
  readonly limitSeconds?: number;
  /** What failed, for the error's first line. @default - the command itself */
  readonly purpose?: string;
}

/**
 * The environment of everything the farm starts: search path and language and nothing else. Above all no proxy
 * settings: traffic inside the farm must not leave it.
 */
export const plainEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
  HOME: "/root",
};

/** Runs a command to its end and returns what it printed. @throws FarmError with what it said if it fails */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? plainEnvironment) },
    stdio: "pipe",
    timeout: (options.limitSeconds ?? 120) * 1000,
    killSignal: "SIGKILL",
  });
  const printed: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
  // A command that ends without reading its input is judged by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const outcome = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? "" : `exit ${code ?? signal}`));
  });
  if (outcome === "") return Buffer.concat(printed).toString();
  const said = Buffer.concat(complaints).toString().trim().split("\n").slice(-8).join("\n  | ");
  const what = options.purpose ?? [command, ...args].join(" ").slice(0, 160);
  throw new FarmError(`${what} failed (${outcome})${said === "" ? "." : `:\n  | ${said}`}`);
}
