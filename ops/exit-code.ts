import type { Refusal } from "../runs/refusal.ts";

/** How a command ended, for scripts. Documented in docs/operate.md and in `nightlane --help`. */
export const ExitCode = {
  done: 0,
  defect: 1,
  usage: 2,
  notFound: 3,
  notPossible: 4,
  refused: 5,
  unreachable: 6,
  noEffectYet: 7,
  differs: 8,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What each code means to a person. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [ExitCode.done]: "done, or with --dry-run: could be done",
  [ExitCode.defect]: "a defect of this command, with a stack trace",
  [ExitCode.usage]: "the command line or the kubeconfig is wrong, or the reason is missing",
  [ExitCode.notFound]: "no such customer, step, night or record",
  [ExitCode.notPossible]: "not possible in the present state; the message says what is",
  [ExitCode.refused]: "refused: your rights, or an admission policy",
  [ExitCode.unreachable]: "the central cluster cannot be reached, or not every lane of it",
  [ExitCode.noEffectYet]: "asked for, but not carried out, or its effect not seen, in time",
  [ExitCode.differs]: "results differ (replay, compare), or a night waited for did not end well",
};

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

  /** What the state of a night does not allow. */
  static ofRefusal({ kind, message, remedy }: Pick<Refusal, "kind" | "message" | "remedy">): OpsError {
    return new OpsError(kind === "not-found" ? ExitCode.notFound : ExitCode.notPossible, message, remedy);
  }
}
