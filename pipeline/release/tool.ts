import { spawn } from "node:child_process";
import { mistake, UserError } from "../../constructs/definition/problem.ts";

/** The output of a program. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
interface RunOptions {
  /** @default the current folder */
  readonly cwd?: string;
  /** Variables in addition to those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. No shell sees its arguments, and no secret is among them. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Said> {
  const env = { ...process.env, ...options.env };
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? notThere(program) : error);
    });
    child.once("close", (exit) => resolve(exit ?? 128));
  });
  return { code, ...texts };
}

/** {@link run} for a program that must not fail. @throws UserError with the last lines of its output */
export async function mustRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const said = await run(program, args, options);
  if (said.code !== 0) {
    throw new UserError(`${program} ${args[0]} failed with exit code ${said.code}:\n${lastWords(said)}`);
  }
  return said.stdout;
}

/** The end of a program's output, indented for an error. */
export function lastWords({ stdout, stderr }: Said): string {
  const lines = (stderr.trim() || stdout.trim()).split("\n").slice(-4);
  return lines.map((line) => `    ${line.slice(0, 400)}`).join("\n");
}

function notThere(program: string): UserError {
  return mistake(
    `PATH: received no ${program}`,
    "a release uses crane, syft and cosign in the versions of versions.json",
    "make release, which provides them, or run in the image of pipeline/image/Dockerfile",
  );
}
