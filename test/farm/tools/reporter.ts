/** One piece of work in progress. */
export interface Task {
  /** Ends the task well; reports how long it took. */
  done(): void;
  /** Ends the task badly; the error itself is for the caller to show. */
  failed(): void;
}

/** How far the work is that a task is a part of. */
export interface Whole {
  /** From 0 to 1. */
  readonly share: number;
  /** For a person, e.g. `tool 3 of 9, 4 min 10 s, about 20 min left`. */
  readonly text: string;
}

/** Where progress goes. */
export interface Reporter {
  /**
   * Announces work that takes longer than a moment, e.g. `building etcd 3.6.16`.
   *
   * @param whole - asked for whenever the running task is shown. @default - the task is no part of anything
   */
  begin(label: string, whole?: () => Whole): Task;
  /** Reports one thing once. */
  note(line: string): void;
}

/** What a reporter writes to: a terminal, a pipe or a test's buffer. */
export interface ReporterStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Reports nothing: for callers that only want the paths. */
export const silentReporter: Reporter = {
  begin: () => ({ done: () => {}, failed: () => {} }),
  note: () => {},
};

/** Runs `work` as one reported task. */
export async function reported<T>(reporter: Reporter, label: string, work: () => Promise<T>): Promise<T> {
  return settled(reporter.begin(label), work);
}

/** Ends the task as its work ends. */
export async function settled<Kind extends Task, T>(task: Kind, work: (task: Kind) => Promise<T>): Promise<T> {
  try {
    const result = await work(task);
    task.done();
    return result;
  } catch (error) {
    task.failed();
    throw error;
  }
}
