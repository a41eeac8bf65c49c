/** Why a request cannot be carried out in the present state. Shown as text, never with a stack trace. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  /**
   * @param kind Whether the subject does not exist, or its state does not allow it.
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
