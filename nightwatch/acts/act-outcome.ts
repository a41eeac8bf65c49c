import { setTimeout as delay } from "node:timers/promises";
import type { NightActStatus } from "../../runs/night-act.ts";
import { Refusal } from "../../runs/refusal.ts";
import { UnreadableRun } from "../../runs/unreadable-run.ts";
import { NotYet } from "./carried.ts";
import { answerText, statusOf } from "./lane-writer.ts";

const LIMIT_MILLISECONDS = 30_000;

/**
 * What an error says of an act; undefined where the next try may be better.
 * @param at When it failed, RFC 3339.
 * @param isExpired Whether the act has been waiting for so long that it is not tried again.
 */
export function statusAfter(error: unknown, at: string, isExpired: boolean): NightActStatus | undefined {
  if (error instanceof Refusal) {
    const { message, kind, remedy } = error;
    return { phase: "Refused", message, refusal: kind, at, ...(remedy === undefined ? {} : { remedy }) };
  }
  if (error instanceof UnreadableRun) {
    return { phase: "Refused", message: error.message, refusal: "not-possible", remedy: error.remedy, at };
  }
  if (error instanceof NotYet) {
    return { phase: isExpired ? "Expired" : "Accepted", message: error.message, at };
  }
  return isRefusedByServer(error)
    ? { phase: "Refused", message: answerText(error), refusal: "not-possible", at }
    : undefined;
}

/** Whether the API server will say no the next time as well: a policy, the quota, a wrong object. */
function isRefusedByServer(error: unknown): boolean {
  const status = statusOf(error);
  return status === 400 || status === 403 || status === 422;
}

/** A request that hangs keeps a lane's other acts waiting no longer than this; what it does later is found when it is tried again. */
export async function withinLimit<Result>(work: Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const limit = delay(LIMIT_MILLISECONDS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`the API server did not answer within ${LIMIT_MILLISECONDS / 1000} s`);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    over.abort();
    // The loser of the race has nobody to tell.
    void limit.catch(() => undefined);
    void work.catch(() => undefined);
  }
}
