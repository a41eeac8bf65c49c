/**
 * Something a person can fix: the message says what failed, why, and what to do. It is shown as it
 * stands, without a stack trace.
 */
export class FarmError extends Error {
  override readonly name = "FarmError";
}
