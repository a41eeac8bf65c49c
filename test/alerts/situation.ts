import type { ExpectedCall } from "./expected-call.ts";
import type { RecordedTimeline } from "./promtool.ts";
import type { Recording } from "./recording.ts";
import type { AlertRule } from "./rules.ts";
import { Timeline } from "./timeline.ts";

/** Labels that both ways have. */
const COMMON = ["alertname", "customer", "step", "severity", "kind", "part", "days", "volume"] as const;

/** Something that happens in the course of minutes or days, and exactly the calls that it must cause. */
export interface Situation {
  readonly title: string;
  /** RFC 3339. */
  readonly start: string;
  /** Minutes between two scrapes. @default 1 */
  readonly step?: number;
  /** What happens, minute by minute. */
  readonly happens: (timeline: Timeline) => Promise<void>;
  /** @default - nobody is called */
  readonly calls?: readonly ExpectedCall[];
  /** Rules, as `ruleOf` names them, that only just do not call. @default - none */
  readonly nearly?: readonly string[];
  /** Whether nightwatch is there and well at the end. @default true */
  readonly alive?: boolean;
  /** Whether it must cause the same calls where nightwatch is restarted all the time. @default true */
  readonly survivesRestarts?: boolean;
}

/** Which rule makes a call: one reason may call in several severities, and at several distances from an end. */
export function ruleOf({ alert, severity, days }: Pick<ExpectedCall, "alert" | "severity" | "days">): string {
  return [alert, severity, ...(days === undefined ? [] : [`${days} days`])].join(" ");
}

/** The name of a rule. */
export function nameOf({ alert, labels }: Pick<AlertRule, "alert" | "labels">): string {
  return [alert, labels.severity, ...(labels.days === undefined ? [] : [`${labels.days} days`])].join(" ");
}

/** The course of a situation: what Prometheus scraped, and which of its calls nightwatch itself did not make. */
export interface PassedSituation {
  readonly timeline: RecordedTimeline;
  readonly notSent: readonly ExpectedCall[];
}

/** Lets a situation happen. @param restarts Whether nightwatch is restarted all the time. */
export async function passed(situation: Situation, restarts: boolean): Promise<PassedSituation> {
  const { title, start, step = 1, calls = [], alive = true, happens } = situation;
  const timeline = new Timeline(start, { step, restarts });
  await happens(timeline);
  const recording: Recording = await timeline.end();
  const sent = [...timeline.sent.values()];
  const isSent = ({ alert, ...call }: ExpectedCall): boolean => {
    const wanted = { alertname: alert, ...call };
    return sent.some((labels) => COMMON.every((name) => labels[name] === wanted[name]));
  };
  return {
    timeline: { title: restarts ? `${title}, and restarts` : title, recording, calls, alive },
    // Only Prometheus can see what is wrong with nightwatch itself, or what the controller counts.
    notSent: calls.filter((call) => call.customer !== undefined && !isSent(call)),
  };
}
