import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../constructs/definition/problem.ts";

/** How {@link until} waits. */
export interface WaitOptions {
  /** What is waited for, as in "the API server of central is ready". */
  readonly what: string;
  /** Seconds after which waiting ends with an error. */
  readonly limitSeconds: number;
  /** Milliseconds between two looks. @default 100 */
  readonly everyMilliseconds?: number;
  /** Why it can no longer happen, for example because the process ended; undefined while it still can. @default - never */
  readonly hopeless?: () => Promise<string | undefined>;
  /** Where to look when it did not happen. @default - nothing is named */
  readonly lookAt?: string;
}

/** Waits until the condition holds. @throws UserError when the limit passes or it can no longer happen */
export async function until(options: WaitOptions, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + options.limitSeconds * 1000;
  const hint = options.lookAt === undefined ? "" : `\nLook at ${options.lookAt}`;
  while (!(await condition())) {
    const reason = await options.hopeless?.();
    if (reason !== undefined) {
      throw new UserError(`${options.what}: ${reason}.${hint}`);
    }
    if (Date.now() > end) {
      throw new UserError(`${options.what}: not so after ${options.limitSeconds} s.${hint}`);
    }
    await delay(options.everyMilliseconds ?? 100);
  }
}
