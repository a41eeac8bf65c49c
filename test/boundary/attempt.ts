/** The result of one try at crossing the boundary. */
export interface Outcome {
  /** Whether it was refused by what must refuse it. */
  readonly refused: boolean;
  /** What was seen: the text of the refusal, or what the attempt got. */
  readonly seen: string;
}

/** One try at crossing the boundary, and the same try where it must succeed, so that a dead target proves nothing. */
export interface Attempt {
  /** The invariant it tests, by number. */
  readonly invariant: number;
  /** Who tries: "operator", "runner of nordbank", "deployer". */
  readonly actor: string;
  /** What is tried, as one phrase. */
  readonly what: string;
  /** Tries it. */
  readonly make: () => Promise<Outcome>;
  /** What must succeed, as one phrase. */
  readonly controlled: string;
  /** Does what must succeed; returns what went wrong, or undefined. */
  readonly control: () => Promise<string | undefined>;
}

/** An attempt that was made. */
export interface AttemptResult {
  readonly invariant: number;
  readonly actor: string;
  readonly what: string;
  readonly outcome: Outcome;
  readonly controlled: string;
  /** What went wrong with the control; undefined if it passed. */
  readonly controlFailure: string | undefined;
}

/** Makes one attempt after its control: a failing control means that the attempt's refusal proves nothing. */
export async function makeAttempt(attempt: Attempt): Promise<AttemptResult> {
  const controlFailure = await attempt.control();
  const outcome = await attempt.make();
  const { invariant, actor, what, controlled } = attempt;
  return { invariant, actor, what, outcome, controlled, controlFailure };
}

/** Whether an attempt was refused and its control passed. */
export function isProof(result: AttemptResult): boolean {
  return result.outcome.refused && result.controlFailure === undefined;
}
