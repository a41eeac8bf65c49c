/** One thing wrong with what a person wrote, told so that it can be mended without reading our code. */
export interface Problem {
  /** Path of the property, as it is written in the file: `cluster.server`, `workflow.steps["var-es"].executors`. */
  readonly property: string;
  /** The value received, rendered for reading. Never a credential. */
  readonly received: string;
  /** What must hold, and why. */
  readonly rule: string;
  /** What to write instead. */
  readonly mend: string;
}

/** A person's mistake: shown as text, never with a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Renders a value for an error message: strings quoted, long values cut. */
export function received(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** All problems of one file as one text, in the order they were found. */
export function renderProblems(where: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const blocks = problems.map(
    (problem) =>
      `  ${problem.property}: received ${problem.received}\n    rule: ${problem.rule}\n    mend: ${problem.mend}`,
  );
  return [`${where}: ${count}`, ...blocks].join("\n");
}

/** Ends with all problems of one file at once. */
export class ProblemsError extends UserError {
  constructor(
    readonly where: string,
    readonly problems: readonly Problem[],
  ) {
    super(renderProblems(where, problems));
  }
}
