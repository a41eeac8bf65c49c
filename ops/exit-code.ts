/** How a command ended, for scripts. Documented in docs/operate.md and in `nightlane --help`. */
export const ExitCode = {
  /** Done, or with --dry-run: could be done. */
  done: 0,
  /** A defect of the command itself, with a stack trace. */
  defect: 1,
  /** The command line is wrong: an unknown verb or option, a missing reason, an invalid date. */
  usage: 2,
  /** No such customer, step, night or record. */
  notFound: 3,
  /** Not possible in the present state; the message says what is. */
  notPossible: 4,
  /** The API server refused: the operator's rights or an admission policy. */
  refused: 5,
  /** The central cluster, or a lane of it, cannot be reached; or what answers is not an API server. */
  unreachable: 6,
  /** The act was written, but its effect was not seen in time; the message says what to look at. */
  noEffectYet: 7,
  /** Results differ (of a replay, or in `compare`), or a night that was waited for did not end well. */
  differs: 8,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends a command with a message for a person and a code for a script; no stack trace is shown. */
export class OpsError extends Error {
  override readonly name = "OpsError";

  /**
   * @param message What (which customer, step, value), and why it cannot be done.
   * @param fix What to do instead, a command where there is one.
   */
  constructor(
    readonly code: ExitCode,
    message: string,
    readonly fix?: string,
  ) {
    super(message);
  }
}
