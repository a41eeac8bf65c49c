/** An alert in a notification of Alertmanager. */
interface NotifiedAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startsAt: string;
}

/** A notification of Alertmanager to a webhook. */
export interface AlertmanagerNotification {
  readonly receiver: string;
  readonly alerts: readonly NotifiedAlert[];
}

/** A call as a person gets it: one problem, from its first notification to the one that reports that it is over. */
export interface ReceivedCall {
  readonly key: string;
  readonly receiver: string;
  /** How often it was opened. */
  opened: number;
  resolved: number;
  /** How many others the notification that opened it listed. */
  readonly together: number;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Name, customer, step and severity of a call. */
export function callKey(labels: Readonly<Record<string, string>>): string {
  return ["alertname", "customer", "step", "cause", "severity"].map((name) => labels[name] ?? "").join("/");
}

/** What a series of notifications means for a person: calls that open and close, however often they are repeated. */
export function receivedCalls(notifications: readonly AlertmanagerNotification[]): ReadonlyMap<string, ReceivedCall> {
  const calls = new Map<string, ReceivedCall>();
  const open = new Set<string>();
  for (const { receiver, alerts } of notifications) {
    for (const { status, labels, annotations } of alerts) {
      const key = callKey(labels);
      const call = calls.get(key) ?? { key, receiver, opened: 0, resolved: 0, together: alerts.length, annotations };
      calls.set(key, call);
      if (status === "firing" && !open.has(key)) {
        open.add(key);
        call.opened += 1;
      } else if (status === "resolved" && open.delete(key)) {
        call.resolved += 1;
      }
    }
  }
  return calls;
}
