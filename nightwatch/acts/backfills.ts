import { ownerOf } from "../../runs/lane-namespace.ts";
import type { NightAct, NightActStatus } from "../../runs/night-act.ts";
import { furtherOnly, seriesName } from "../../runs/night-series.ts";
import { Refusal } from "../../runs/refusal.ts";
import type { Carried } from "./carried.ts";
import type { OpenActs } from "./open-acts.ts";
import type { SettledActs } from "./settled-acts.ts";

/** Dependencies for finding and ending a lane's backfill. */
export interface BackfillDesk {
  readonly open: Pick<OpenActs, "backfill">;
  readonly settled: Pick<SettledActs, "some">;
  /** Writes how an act ended. */
  readonly settle: (act: NightAct, status: NightActStatus) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/**
 * Allows one backfill at a time: each reads all runs of the customer, and several would start more nights than allowed.
 * @throws Refusal where another one goes on
 */
export function requireOneBackfill({ open }: BackfillDesk, { metadata }: NightAct): void {
  const other = open.backfill(metadata.namespace);
  if (other !== undefined && other.metadata.name !== metadata.name) {
    throw new Refusal(
      "not-possible",
      `backfill: ${other.metadata.name} of ${other.spec.by} is running in this lane`,
      `ask again when it is done; nightlane backfill-end ${ownerOf(metadata.namespace)} ends it`,
    );
  }
}

/**
 * Ends the lane's backfill, even one that has not begun yet: what it has started runs on.
 * @throws Refusal if there is none
 */
export async function endBackfill(desk: BackfillDesk, act: NightAct): Promise<Carried> {
  const { metadata, spec } = act;
  const { namespace, name } = metadata;
  const customer = ownerOf(namespace);
  // It was started before a crash: do not end a second one.
  if (desk.settled.some(namespace, ({ status }) => status?.message.includes(name) === true)) {
    return { phase: "Done", message: "the backfill was ended" };
  }
  const open = desk.open.backfill(namespace, act);
  if (open === undefined) {
    throw new Refusal(
      "not-possible",
      `${spec.verb}: no backfill of ${customer} is running`,
      `nightlane history ${customer} --acts`,
    );
  }
  const [asked, other] = [spec, open.spec].map((one) => seriesName({ customer, ...furtherOnly(one) }));
  if (asked !== other) {
    throw new Refusal(
      "not-possible",
      `${spec.verb}: the backfill that is running is for ${other}, not for ${asked}`,
      `nightlane backfill-end ${other} ends it`,
    );
  }
  const { nights = [], message = "it had not begun" } = open.status ?? {};
  await desk.settle(open, {
    phase: "Done",
    message: `ended by ${spec.by} (${name}); ${message}`,
    at: new Date(desk.clock()).toISOString(),
    nights,
  });
  return {
    phase: "Done",
    message: `${open.metadata.name} of ${open.spec.by} starts no further night; what it has started runs on`,
  };
}
