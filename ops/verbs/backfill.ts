import { setTimeout as delay } from "node:timers/promises";
import type { Day } from "../../runs/local-time.ts";
import { isSettled } from "../../runs/night-act.ts";
import { planBackfill } from "../../runs/start-act.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { patiently } from "../patience.ts";
import { startPlace } from "./start.ts";
import type { ActPlace } from "./verb.ts";

/** Which nights to make up for, and how many at once. */
export interface BackfillOptions {
  readonly from: Day;
  readonly to: Day;
  /** How many nights may run at once. */
  readonly concurrency: number;
  /** Whether to wait for the end; the backfill goes on either way. */
  readonly wait: boolean;
}

/** What a backfill is about to do, or has done. */
export interface Backfill {
  readonly customer: string;
  /** Name of the object that the act is. */
  readonly act: string;
  /** Dates without any run when it was asked for. */
  readonly missing: readonly Day[];
  /** Dates whose runs all failed: a person decides whether to replay them. */
  readonly failed: readonly Day[];
  /** Names of the nights it has started so far. */
  readonly nights: readonly string[];
  /** Its progress, in one sentence. */
  readonly message: string;
  readonly dryRun: boolean;
}

const LOOK_AGAIN_MILLISECONDS = 2000;

/**
 * Asks for the nights of all business days in a range that have none, the oldest first. Nightwatch starts them, a few at
 * a time, and goes on when this command has ended; it keeps room for the nights of the schedule.
 * @throws Refusal where the range cannot be filled
 */
export async function backfill(place: ActPlace, options: BackfillOptions): Promise<Backfill> {
  const { central, actor, lane } = place;
  const { from, to, concurrency, wait } = options;
  const range = { date: from, to };
  const { days, missing, failed } = planBackfill(await startPlace(place), range);
  const { note } = place.output;
  note(`${lane.customer}: ${missing.length} of ${days.length} business days have no night yet`);
  const { name, status } = await actor.ask(lane, { verb: "backfill", ...range, concurrency });
  const result = { customer: lane.customer, act: name, missing, failed, dryRun: actor.dryRun };
  let now = status;
  let said = "";
  while (wait && now?.phase === "Accepted") {
    if (now.message !== said) {
      note(now.message);
      said = now.message;
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
    const act = await patiently(() => central.act(lane.namespace, name), note);
    now = act.status;
    if (isSettled(act)) {
      break;
    }
  }
  if (now?.phase === "Refused" || now?.phase === "Expired") {
    throw new OpsError(ExitCode.notPossible, now.message, now.remedy);
  }
  if (now?.phase === "Done" && (now.failed ?? 0) > 0) {
    throw new OpsError(ExitCode.differs, `backfill: ${now.message}`, `nightlane history ${lane.customer}`);
  }
  return { ...result, nights: now?.nights ?? [], message: now?.message ?? `${missing.length} nights would be started` };
}
