/** One piece of work in progress. */
export interface Task {
  /** Ends the task well; says how long it took. */
  done(): void;
  /** Ends the task badly; the error itself is for the caller to show. */
  failed(): void;
}

/** Where progress goes. */
export interface Reporter {
  /** Announces work that takes longer than a moment, e.g. `building etcd 3.6.16`. */
  begin(label: string): Task;
  /** Says one thing once. */
  note(line: string): void;
}

/** What a reporter writes to: a terminal, a pipe or a test's buffer. */
export interface ReporterStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How often a running task is shown again: a live line every second, a plain line every minute. */
const LIVE_INTERVAL_MS = 1_000;
const PLAIN_INTERVAL_MS = 60_000;

/** `75_000` becomes `1m15s`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
}

/**
 * Reports to a stream: on a terminal one live line per task with the elapsed time, elsewhere plain
 * lines (start, once a minute, end), so that a CI log shows that a long build is alive.
 *
 * @param stream - where to write. @default process.stderr, which leaves stdout to results
 */
export function streamReporter(stream: ReporterStream = process.stderr): Reporter {
  const live = stream.isTTY === true;
  const show = (text: string): void => {
    if (live) {
      stream.write(`\r\u001b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
    } else {
      stream.write(`${text}\n`);
    }
  };
  const settle = (text: string): void => {
    stream.write(live ? `\r\u001b[K${text}\n` : `${text}\n`);
  };
  return {
    begin(label) {
      const started = Date.now();
      const elapsed = () => formatElapsed(Date.now() - started);
      show(live ? label : `${label} ...`);
      const timer = setInterval(() => show(`${label} ${elapsed()}`), live ? LIVE_INTERVAL_MS : PLAIN_INTERVAL_MS);
      timer.unref();
      const end = (outcome: string) => {
        clearInterval(timer);
        settle(`${label}: ${outcome} ${elapsed()}`);
      };
      return { done: () => end("done in"), failed: () => end("FAILED after") };
    },
    note: settle,
  };
}

/** Reports nothing: for callers that only want the paths. */
export const silentReporter: Reporter = {
  begin: () => ({ done: () => {}, failed: () => {} }),
  note: () => {},
};

/** Runs `work` as one reported task. */
export async function reported<T>(reporter: Reporter, label: string, work: () => Promise<T>): Promise<T> {
  const task = reporter.begin(label);
  try {
    const result = await work();
    task.done();
    return result;
  } catch (error) {
    task.failed();
    throw error;
  }
}
