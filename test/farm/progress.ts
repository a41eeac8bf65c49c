import { LiveBlock } from "./live-block.ts";
import { type Reporter, type ReporterStream, settled, type Task, type Whole } from "./tools/reporter.ts";

/** One running piece of work, as the person watching sees it. */
export interface Step {
  /** Replaces the text behind the title, for example "starting kubelet". */
  detail(text: string): void;
}

/** A reporter for work that goes on in several places at once. */
export interface Progress extends Reporter {
  /** Runs `work` as a visible step, ticked off at its end, or crossed out when `work` throws. Steps may overlap. */
  step<T>(title: string, work: (step: Step) => Promise<T>): Promise<T>;
}

/**
 * Progress on `stream`: live lines with a tick at the end on a terminal, otherwise one plain line as each step ends.
 */
export function progressOn(stream: ReporterStream): Progress {
  const live = stream.isTTY === true && process.env.TERM !== "dumb";
  const tasks = live ? liveTasks(stream) : plainTasks(stream);
  return { ...tasks, step: (title, work) => settled(tasks.begin(title), work) };
}

/** Elapsed time, short enough for a column: "0.4 s", "42 s", "3 min 5 s". */
export function elapsed(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

interface DetailedTask extends Task, Step {}

interface Tasks {
  begin(label: string, whole?: () => Whole): DetailedTask;
  note(line: string): void;
}

/** Seconds between the signs of life of a long task, where lines cannot be redrawn. */
const SIGN_OF_LIFE_SECONDS = 30;

function plainTasks(stream: ReporterStream): Tasks {
  return {
    note: (line) => stream.write(`     ${line}\n`),
    begin: (label, whole) => {
      const start = Date.now();
      let detail = "";
      const line = (mark: string, text: string): void => {
        stream.write(`${mark.padEnd(4)} ${text} (${elapsed(Date.now() - start)})\n`);
      };
      const signOfLife = setInterval(
        () => line("...", `${whole === undefined ? "" : `${whole().text}: `}${detailed(label, detail)}`),
        SIGN_OF_LIFE_SECONDS * 1000,
      );
      const end = (mark: string): void => {
        clearInterval(signOfLife);
        line(mark, label);
      };
      return {
        detail: (text) => {
          detail = text;
        },
        done: () => end("ok"),
        failed: () => end("FAIL"),
      };
    },
  };
}

function detailed(label: string, detail: string): string {
  return detail === "" ? label : `${label}: ${detail}`;
}

const BAR_WIDTH = 12;

function drawn({ share, text }: Whole): string {
  const full = Math.floor(share * BAR_WIDTH);
  return `${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)} ${text}: `;
}

const TICK = "\u001b[32m✓\u001b[0m";
const CROSS = "\u001b[31m✗\u001b[0m";

function liveTasks(stream: ReporterStream): Tasks {
  const block = new LiveBlock(stream);
  return {
    note: (line) => block.print(`  ${line}`),
    begin: (label, whole) => {
      const start = Date.now();
      let detail = "";
      const time = (): string => `\u001b[2m${elapsed(Date.now() - start)}\u001b[0m`;
      // What is part of a whole shows that first: where the line is cut, the label loses its end.
      const end = block.add(() => `${whole === undefined ? "" : drawn(whole())}${detailed(label, detail)} ${time()}`);
      return {
        detail: (text) => {
          detail = text;
        },
        done: () => end(`${TICK} ${label} ${time()}`),
        failed: () => end(`${CROSS} ${label} ${time()}`),
      };
    },
  };
}
