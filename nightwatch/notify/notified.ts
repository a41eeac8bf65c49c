import { missedName } from "../../runs/run-name.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Lane } from "../lane.ts";
import type { Signal } from "../signals/signal.ts";

/** Key of a notification among those of all nights. A missed night has no workflow, so its record has another name. */
export function notifiedKey(signal: Signal): string {
  return `${signal.customer}/${signal.night ?? missedName(signal, signal.businessDate ?? "")}/${signal.key}`;
}

/** The same for a notification that is noted on a run's record. */
export function keyOnRecord({ customer, night }: RunFacts, key: string): string {
  return `${customer}/${night}/${key}`;
}

/** Every notification sent about the known nights. */
export function notifiedKeys(lanes: readonly Lane[]): ReadonlySet<string> {
  return new Set(
    lanes.flatMap(({ runs }) => runs.flatMap(({ facts }) => facts.notified.map((key) => keyOnRecord(facts, key)))),
  );
}
