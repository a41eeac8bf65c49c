import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { compileEvaluator } from "./compile.ts";
import type { Ended, Outcome } from "./encoded.ts";
import type { Task } from "./evaluator.ts";
import { requireNode } from "./node-floor.ts";

/** Added to a file's own time limit, for code that no timer inside the process can stop. */
const GRACE_MILLISECONDS = 5_000;

const BEGUN = "begun";

/** How long a busy machine may take to start the process, and to load the library in it. */
export const START_MILLISECONDS = 120_000;

/** Node's own permissions allow nothing: no file, no other process, no thread, no add-on. */
const FLAGS = ["--permission", "--disallow-code-generation-from-strings", "--max-old-space-size=256", "--no-warnings"];

/**
 * The process that evaluates files, one after the other. It is started without an environment, and again after a file
 * has ended it. While idle it does not keep the caller alive.
 */
export class EvaluationProcess {
  private child: ChildProcess | undefined;
  private library: string | undefined;
  /** Takes the next line, or undefined where the process has ended. */
  private answered: (line: string | undefined) => void = () => undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** @param grace @default 5000 milliseconds @param startLimit Until a file must have begun. @default 120000 milliseconds */
  constructor(
    private readonly grace = GRACE_MILLISECONDS,
    private readonly startLimit = START_MILLISECONDS,
  ) {}

  /** Evaluates a file after those requested earlier. */
  evaluate(task: Omit<Task, "library" | "begun">, library: string): Promise<Outcome> {
    const turn = this.last.then(() => this.ask(task, library));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async ask(task: Omit<Task, "library" | "begun">, library: string): Promise<Outcome> {
    const child = this.child ?? (await this.start());
    const sent: Task = { ...task, begun: BEGUN, ...(this.library === library ? {} : { library }) };
    this.library = library;
    setReferenced(child, true);
    const answer = await this.answer(child, `${JSON.stringify(sent)}\n`, task.milliseconds + this.grace);
    setReferenced(child, false);
    if (typeof answer === "string") {
      return parseOutcome(answer);
    }
    this.child = undefined;
    child.kill("SIGKILL");
    return answer;
  }

  /** The line with the outcome, or how it ended without one. @param milliseconds From when all is loaded. */
  private async answer(child: ChildProcess, line: string, milliseconds: number): Promise<string | Ended> {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<string | Ended>((resolve) => {
      const within = (limit: number, ended: Ended["ended"]): void => {
        clearTimeout(timer);
        timer = setTimeout(resolve, limit, { ended });
      };
      this.answered = (said) => {
        if (said === BEGUN) {
          within(milliseconds, "time");
        } else {
          resolve(said ?? { ended: "process" });
        }
      };
      within(this.startLimit, "start");
      if (child.exitCode !== null || child.signalCode !== null) {
        resolve({ ended: "process" });
      }
      child.stdin?.write(line);
    });
    clearTimeout(timer);
    return answer;
  }

  private async start(): Promise<ChildProcess> {
    requireNode();
    const program = await compileEvaluator();
    const child = spawn(process.execPath, [...FLAGS, "--input-type=commonjs", "--eval", program], {
      // This machine's time zone would affect what a file does with dates.
      env: { TZ: "UTC" },
      cwd: "/",
      stdio: ["pipe", "pipe", "ignore"],
    });
    const say = (line: string | undefined): void => {
      // A process that was ended must not answer for its successor.
      if (this.child === child) {
        this.answered(line);
      }
    };
    child.once("exit", () => say(undefined)).once("error", () => say(undefined));
    child.stdin.on("error", () => say(undefined));
    createInterface({ input: child.stdout }).on("line", say);
    this.library = undefined;
    this.child = child;
    return child;
  }
}

function setReferenced(child: ChildProcess, referenced: boolean): void {
  for (const one of [child, child.stdin as Socket | null, child.stdout as Socket | null]) {
    if (referenced) {
      one?.ref();
    } else {
      one?.unref();
    }
  }
}

/** A process that a file has taken over may write anything: whatever is not an outcome counts as its end. */
function parseOutcome(line: string): Outcome {
  try {
    const outcome: unknown = JSON.parse(line);
    return typeof outcome === "object" && outcome !== null ? (outcome as Outcome) : { ended: "process" };
  } catch {
    return { ended: "process" };
  }
}
