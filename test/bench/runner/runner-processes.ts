import { readdirSync, readFileSync } from "node:fs";

/** What one runner's process was seen to take. */
export interface ProcessUse {
  /** Largest resident set of it together with what it has started, MiB. */
  readonly largest: number;
  /** The same in the first tenth of the looks. */
  readonly atFirst: number;
  /** CPU seconds of the runner itself, without what it has started. */
  readonly cpuSeconds: number;
  /** MiB that it has written, to its log and to the copy of it on the lane's volume. */
  readonly writtenMebibytes: number;
}

interface Look {
  readonly resident: number;
  readonly cpuSeconds: number;
  readonly writtenMebibytes: number;
}

/** Kernel clock ticks in a second, as the kernel shows them on every Linux. */
const TICKS = 100;

/** Looks at the runner processes on this machine that do steps of one kind of a run. */
export class RunnerProcesses {
  private readonly looks = new Map<number, Look[]>();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param kind Subcommand of the runner.
   * @param mark Text in the environment of the runners that are meant.
   */
  constructor(
    private readonly kind: string,
    private readonly mark: string,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), 1000);
  }

  /** Ends the looks. @returns what the process took that was seen most often @throws Error if none was seen */
  end(): ProcessUse {
    this.abandon();
    const [looks] = [...this.looks.values()].toSorted((one, other) => other.length - one.length);
    const last = looks?.at(-1);
    if (looks === undefined || last === undefined) {
      throw new Error(`no runner of a step of kind ${this.kind} was seen`);
    }
    const largest = (some: readonly Look[]): number => Math.max(...some.map(({ resident }) => resident));
    return {
      largest: largest(looks),
      atFirst: largest(looks.slice(0, Math.ceil(looks.length / 10))),
      cpuSeconds: last.cpuSeconds,
      writtenMebibytes: last.writtenMebibytes,
    };
  }

  /** Ends the looks, also where nothing came of them. */
  abandon(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    for (const pid of processes.filter((one) => this.isMeant(one))) {
      const children = processes.filter((one) => parentOf(one) === pid);
      const residents = [pid, ...children].map((one) => numberIn(one, "status", /^VmRSS:\s+(\d+)/m) / 1024);
      const written = numberIn(pid, "io", /^wchar:\s+(\d+)/m) / 2 ** 20;
      // The fields after the command's name: its state is the first, user and system time are the 12th and 13th.
      const fields = readProcess(pid, "stat")
        .replace(/^.*\) /, "")
        .split(" ");
      const looks = this.looks.get(Number(pid)) ?? [];
      looks.push({
        resident: residents.reduce((total, one) => total + one, 0),
        cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
        writtenMebibytes: written,
      });
      this.looks.set(Number(pid), looks);
    }
  }

  private isMeant(pid: string): boolean {
    // The program that Argo puts in front has the same environment and names the runner in its arguments.
    const [program = "", ...args] = readProcess(pid, "cmdline").split("\0");
    return /\/?python3$/.test(program) && args.includes(this.kind) && readProcess(pid, "environ").includes(this.mark);
  }
}

function parentOf(pid: string): string {
  return String(numberIn(pid, "status", /^PPid:\s+(\d+)/m));
}

function numberIn(pid: string, file: string, pattern: RegExp): number {
  return Number(pattern.exec(readProcess(pid, file))?.[1] ?? "0");
}

/** A process may end between two looks. */
function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
