import { setTimeout as delay } from "node:timers/promises";
import { refusalOf, statusOf } from "../../api/api-error.ts";
import type { NightActStatus } from "../../runs/night-act.ts";
import { Refusal } from "../../runs/refusal.ts";
import { errorText } from "../error-text.ts";
import { NotYet } from "./carried.ts";

const LIMIT_MILLISECONDS = 30_000;

/**
 * What an error means for an act; undefined where another try may succeed.
 * @param at When it failed, RFC 3339.
 * @param isExpired Whether the act has waited too long to be tried again.
 */
export function statusAfter(error: unknown, at: string, isExpired: boolean): NightActStatus | undefined {
  if (error instanceof Refusal) {
    const { message, kind, remedy } = error;
    return { phase: "Refused", message, refusal: kind, at, ...(remedy === undefined ? {} : { remedy }) };
  }
  if (error instanceof NotYet) {
    return { phase: isExpired ? "Expired" : "Accepted", message: error.message, at };
  }
  return isRefusedByServer(error)
    ? { phase: "Refused", message: refusalOf(error) ?? errorText(error), refusal: "not-possible", at }
    : undefined;
}

/** Whether the API server would refuse again: a policy, the quota, an invalid object. */
export function isRefusedByServer(error: unknown): boolean {
  const status = statusOf(error);
  return status === 400 || status === 403 || status === 422;
}

/** Longest time that a hanging request blocks a lane's other acts; the next try finds what it does later. */
export async function withinLimit<Result>(work: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const limit = delay(LIMIT_MILLISECONDS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`the API server did not answer within ${LIMIT_MILLISECONDS / 1000} s`);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    over.abort();
    // Nobody handles the loser's rejection.
    void limit.catch(() => undefined);
    void work.catch(() => undefined);
  }
}
