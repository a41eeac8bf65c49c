import type { EstateView } from "../model/view.ts";

/** One static invariant, checked. */
export interface Rule {
  /** Number of the invariant. */
  readonly number: number;
  /** Name in kebab case, the same as in the file's name. */
  readonly name: string;
  /** What is wrong when the rule fires. */
  readonly info: string;
  /** Why it matters, and what the check does and does not see. */
  readonly explanation: string;
  /** What `examined` counts, in the plural: `bindings`. */
  readonly unit: string;
  readonly check: (view: EstateView, inspection: Inspection) => void;
}

/** One violation: of a rule, by an object. */
export interface Violation {
  /** The object, as `objectName` names it, or the input: `customers/nordbank.ts`. */
  readonly object: string;
  /** What it has that it must not, or lacks. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** Records what a rule examined and what it found. */
export class Inspection {
  private readonly found: Violation[] = [];
  private looked = 0;
  private readonly notices: string[] = [];

  get violations(): readonly Violation[] {
    return this.found;
  }

  /** How many things were examined: a rule that saw nothing has proven nothing. */
  get examined(): number {
    return this.looked;
  }

  /** What could not be examined, and why. */
  get notes(): readonly string[] {
    return this.notices;
  }

  examine(count = 1): void {
    this.looked += count;
  }

  report(object: string, message: string, fix: string): void {
    this.found.push({ object, message, fix });
  }

  note(text: string): void {
    this.notices.push(text);
  }
}
