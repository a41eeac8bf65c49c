import {
  KEPT_OF_A_SCHEDULE,
  KEPT_WORKFLOWS,
  RESERVED_FOR_THE_SCHEDULE,
  RESERVED_FOR_TONIGHT,
} from "../../runs/lane-limits.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import { Refusal } from "../../runs/refusal.ts";
import type { LaneWriter } from "./lane-writer.ts";

type Counting = Pick<LaneWriter, "workflowCount">;

/** How many more workflows a lane may keep. */
async function leftIn(writer: Counting, namespace: string, further: number): Promise<number> {
  // What the lane's quota reserves for further nights is theirs: their ended ones take no room from the others.
  return KEPT_WORKFLOWS + KEPT_OF_A_SCHEDULE * further - (await writer.workflowCount(namespace));
}

/** How many nights a backfill may start, so that those of the schedule have room for two weeks. @param further Schedules of further nights. */
export async function roomForBackfill(writer: Counting, namespace: string, further: number): Promise<number> {
  return (await leftIn(writer, namespace, further)) - RESERVED_FOR_THE_SCHEDULE;
}

/**
 * A full lane refuses its own schedule, so what a person starts leaves room for the next nights.
 * @throws Refusal
 */
export async function requireRoom(writer: Counting, namespace: string, further: number, verb: string): Promise<void> {
  const left = await leftIn(writer, namespace, further);
  if (left <= RESERVED_FOR_TONIGHT) {
    const customer = ownerOf(namespace);
    throw new Refusal(
      "not-possible",
      `${verb}: the lane of ${customer} has room for ${Math.max(left, 0)} more workflows, which are those of its schedule`,
      `ended ones go by themselves within two weeks; an administrator makes room at once: kubectl -n ${namespace} delete workflows -l workflows.argoproj.io/completed=true,nightlane/reader`,
    );
  }
}
