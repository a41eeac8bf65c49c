import { withHiddenShown } from "../../constructs/definition/printable.ts";

/** Who can do something about a finding. */
export type Who = "the customer's administrator" | "the customer's network team" | "the platform engineers";

/** One result of checking a customer's cluster. */
export interface Finding {
  /** What was checked, in a few words. */
  readonly look: string;
  /** What is there. */
  readonly found: string;
  /** What needs to be done, and by whom. @default - nothing: it is as a night needs it */
  readonly todo?: { readonly who: Who; readonly rule: string; readonly fix: string };
}

/** What the customer's API server returns may come from anybody: it must not control a terminal. */
export function good(look: string, found: string): Finding {
  return { look, found: withHiddenShown(found) };
}

/** @param rule What must hold, and why. @param fix What to do. */
export function bad(look: string, found: string, who: Who, rule: string, fix: string): Finding {
  return { look, found: withHiddenShown(found), todo: { who, rule, fix } };
}
