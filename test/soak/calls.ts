import { type AlertmanagerNotification, callKey } from "../alerts/live/calls.ts";

/** A call as the receiver got it: one occurrence of a problem, from its detection until it is over. */
export interface Call {
  readonly key: string;
  readonly alert: string;
  /** @default - a call about the platform */
  readonly customer?: string;
  readonly step?: string;
  /** When it began to hold, milliseconds since the epoch. */
  readonly since: number;
  /** The command that the called person types. */
  readonly command: string;
  readonly isOver: boolean;
}

/** The calls in a series of notifications, each once however often it was repeated, in the order in which they came. */
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
