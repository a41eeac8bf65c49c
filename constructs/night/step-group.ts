/** Steps of which only so many run at the same time. Made by `night.group(...)`. */
export interface StepGroup {
  readonly kind: "group";
  /** Shown to people on call where a step waits for its turn. */
  readonly name: string;
  readonly atOnce: number;
}
