import { readdirSync, readFileSync } from "node:fs";

/** Largest resident set of each runner process on this machine that works for a run, MiB. */
export class ResidentSets {
  largest = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param mark Text in the environment of the runners that are meant. */
  constructor(private readonly mark: string) {}

  start(): void {
    this.timer = setInterval(() => this.sample(), 1000);
  }

  end(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    for (const process of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const read = (file: string): string => readProcess(process, file);
      // The program that Argo puts in front has the same environment and names the runner in its arguments.
      const [program = "", ...args] = read("cmdline").split("\0");
      if (/\/?python3$/.test(program) && args.includes("spark") && read("environ").includes(this.mark)) {
        const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(read("status"))?.[1] ?? "0");
        this.largest = Math.max(this.largest, kibibytes / 1024);
      }
    }
  }
}

/** A process may end between two looks. */
function readProcess(process: string, file: string): string {
  try {
    return readFileSync(`/proc/${process}/${file}`, "utf8");
  } catch {
    return "";
  }
}
