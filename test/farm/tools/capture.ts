import { execFile } from "node:child_process";

/** What a short command said. */
export interface Captured {
  readonly code: number;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error, or why the command could not be started. */
  readonly stderr: string;
}

/** How a short command is run. */
export interface CaptureOptions {
  /** @default the current folder */
  readonly cwd?: string;
  /** Variables set besides those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default 60 seconds */
  readonly timeoutMilliseconds?: number;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a short command and returns what it said, also when it failed or does not exist (code 127). */
export async function capture(
  command: string,
  args: readonly string[],
  options: CaptureOptions = {},
): Promise<Captured> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        timeout: options.timeoutMilliseconds ?? 60_000,
        maxBuffer: MAX_OUTPUT_BYTES,
      },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve({ code: 0, stdout, stderr });
        } else if (typeof error.code === "number") {
          resolve({ code: error.code, stdout, stderr });
        } else {
          resolve({ code: 127, stdout, stderr: stderr === "" ? error.message : stderr });
        }
      },
    );
  });
}
