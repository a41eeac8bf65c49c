import { type AttemptNodes, isWaiting } from "./step-nodes.ts";
import { parameter } from "./workflow.ts";

/** Input of the node at which a failed attempt waits, where the next one may begin by itself: after how many seconds. */
export const PAUSE_SECONDS = "seconds";

/** Its input that holds the last attempt to begin by itself. */
export const PAUSE_OF = "of";

/** An attempt that begins, or has begun, without a person. */
export interface FurtherAttempt {
  readonly attempt: number;
  /** The last attempt that begins by itself. */
  readonly of: number;
  /** When it begins, RFC 3339; absent once it has begun. */
  readonly at?: string;
}

/** The attempt that begins by itself after the pause that a step is in, or that has begun so and runs. */
export function furtherAttempt(attempts: readonly AttemptNodes[]): FurtherAttempt | undefined {
  const [before, last] = [attempts.at(-2), attempts.at(-1)];
  if (last?.decision !== undefined) {
    return isPausing(last) ? pauseAfter(last) : undefined;
  }
  const begun = before === undefined ? undefined : pauseAfter(before);
  return begun === undefined ? undefined : { attempt: begun.attempt, of: begun.of };
}

/** Whether an attempt waits for the next one to begin by itself, and not for a person. */
export function isPausing(last: AttemptNodes | undefined): boolean {
  return last !== undefined && isWaiting(last.decision) && pauseAfter(last) !== undefined;
}

/** The same in a few words: `is tried again by itself at 02:13Z (2 of 3)`. @param clock Formats the time. */
export function furtherAttemptText({ attempt, of, at }: FurtherAttempt, clock: (time: string) => string): string {
  const count = `(${attempt} of ${of})`;
  return at === undefined ? `is being tried again ${count}` : `is tried again by itself at ${clock(at)} ${count}`;
}

/** The attempt after a pause of some length; undefined if a person decides, or has to. */
function pauseAfter({ number, decision }: AttemptNodes): Required<FurtherAttempt> | undefined {
  const input = (name: string): string => parameter(decision?.inputs?.parameters, name) ?? "";
  const [seconds, began] = [Number.parseInt(input(PAUSE_SECONDS), 10), Date.parse(decision?.startedAt ?? "")];
  return Number.isNaN(seconds) || Number.isNaN(began)
    ? undefined
    : { attempt: number + 1, of: Number(input(PAUSE_OF)), at: new Date(began + seconds * 1000).toISOString() };
}
