import { Refusal } from "./refusal.ts";

/** A run whose workflow cannot be read as it stands: an object of one lane, never a reason to stop reading the others. */
export class UnreadableRun extends Refusal {
  /**
   * @param message Which run, and why it cannot be read.
   * @param remedy What to do instead.
   */
  constructor(message: string, remedy: string) {
    super("not-possible", message, remedy);
  }
}
