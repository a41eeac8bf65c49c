import type { RunFacts } from "../../runs/run-record.ts";
import type { Signal } from "../signals/signal.ts";

/** The facts of a night that never started. */
export function missedFacts(signal: Signal, now: number): RunFacts | undefined {
  const { customer, businessDate } = signal;
  if (businessDate === undefined) {
    return undefined;
  }
  return {
    customer,
    night: `missed-${businessDate}`,
    uid: `missed/${customer}/${businessDate}`,
    pipeline: "night",
    businessDate,
    runNumber: 0,
    purpose: "schedule",
    template: "",
    images: [],
    parameters: {},
    scheduledAt: signal.since,
    finishedAt: new Date(now).toISOString(),
    phase: "Missed",
    message: signal.reason,
    late: false,
    steps: [],
    acts: [],
    unreadableActs: [],
    notified: [],
  };
}
