/** Why something that a person asked for cannot be done as things stand. Shown as text, never with a stack trace. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /**
   * @param kind Whether what it is about does not exist, or is there and in a state that does not allow it.
   * @param message What (which customer, step, value), and why it cannot be done.
   * @param remedy What to do instead, a command where there is one.
   */
  constructor(
    readonly kind: "not-found" | "not-possible",
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}
