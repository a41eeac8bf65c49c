import type { TroubleKind } from "../../runs/trouble.ts";

/** What people are shown of trouble in a night. */
export interface Shown {
  /** @default - a person has to decide */
  readonly kind?: TroubleKind;
  readonly words: string;
}
