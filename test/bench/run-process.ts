import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** Seconds from the start of a process to its end; its output goes to a file. @throws Error if it does not end with 0. */
export async function secondsOf(command: string, args: readonly string[], output: string): Promise<number> {
  const file = openSync(output, "w");
  try {
    const start = performance.now();
    await new Promise<void>((resolve, reject) => {
      const child = spawn(command, args, { stdio: ["ignore", file, "inherit"] });
      child.on("error", reject);
      child.on("exit", (code, signal) =>
        code === 0 ? resolve() : reject(new Error(`${command} ${args.join(" ")} ended with ${code ?? signal}`)),
      );
    });
    return (performance.now() - start) / 1000;
  } finally {
    closeSync(file);
  }
}

/** The middle value. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
