/** A run whose workflow cannot be read as it stands: an object of one lane, never a reason to stop reading the others. */
export class UnreadableRun extends Error {
  override readonly name = "UnreadableRun";

  /**
   * @param message Which run, and why it cannot be read.
   * @param remedy What to do instead.
   */
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}
