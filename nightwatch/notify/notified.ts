import { missedName } from "../../runs/run-name.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Lane } from "../lane.ts";
import type { Signal } from "../signals/signal.ts";

/** By which a notification is known among those of all nights. A missed night has no workflow; its record goes by another name. */
export function notifiedKey(signal: Signal): string {
  return `${signal.customer}/${signal.night ?? missedName(signal, signal.businessDate ?? "")}/${signal.key}`;
}

/** The same of a notification that the record of a run says was sent. */
export function keyOnRecord({ customer, night }: RunFacts, key: string): string {
  return `${customer}/${night}/${key}`;
}

/** Every notification that was sent of the nights in mind. */
export function notifiedKeys(lanes: readonly Lane[]): ReadonlySet<string> {
  return new Set(
    lanes.flatMap(({ runs }) => runs.flatMap(({ facts }) => facts.notified.map((key) => keyOnRecord(facts, key)))),
  );
}
