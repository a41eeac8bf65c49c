/** Progress of an act. */
export interface Carried {
  /** `Accepted` for one that continues when the night has changed. */
  readonly phase: "Accepted" | "Done";
  readonly message: string;
  readonly nights?: readonly string[];
  /** How many of them have ended without success. */
  readonly failed?: number;
}

/** Not possible yet, but soon: the act waits until it expires. */
export class NotYet extends Error {
  override readonly name = "NotYet";
}
