import { type AlertmanagerNotification, callKey } from "../alerts/live/calls.ts";

/** A call as the receiver got it: one thing that was wrong once, from when it is known to be so until it is over. */
export interface Call {
  readonly key: string;
  readonly alert: string;
  /** @default - a call about the platform */
  readonly customer?: string;
  readonly step?: string;
  /** Milliseconds since the epoch at which it began to hold. */
  readonly since: number;
  /** What the person who is called is to type. */
  readonly command: string;
  readonly isOver: boolean;
}

/** The calls in a series of notifications, however often each was repeated, in the order in which they came. */
export function callsIn(notifications: readonly AlertmanagerNotification[]): readonly Call[] {
  const calls = new Map<string, Call>();
  for (const { status, labels, annotations, startsAt } of notifications.flatMap(({ alerts }) => alerts)) {
    const key = callKey(labels);
    const { alertname: alert = "", customer, step } = labels;
    calls.set(`${key} ${startsAt}`, {
      key,
      alert,
      ...(customer === undefined ? {} : { customer }),
      ...(step === undefined ? {} : { step }),
      since: Date.parse(startsAt),
      command: annotations.command ?? "",
      isOver: status === "resolved",
    });
  }
  return [...calls.values()];
}
