import { writeCalendar } from "../../../runs/business-calendar.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { testCalendar } from "../../support/calendar.ts";
import {
  attemptNodes,
  type NightParts,
  nightWorkflow,
  node,
  stepNode,
  waitingNode,
} from "../../unit/ops/support/night-workflow.ts";
import type { ExpectedCall } from "../expected-call.ts";
import type { Situation } from "../situation.ts";
import type { Timeline } from "../timeline.ts";

export const CUSTOMER = "nordbank";

/** Berlin is two hours ahead: the night of 31 March starts at 20:30, has its inputs at 21:15 and ends by 04:00. */
export const CRON: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-03-31T12:00:00Z",
    annotations: { "nightlane/finish-by": "06:00", "nightlane/inputs-by": "23:15 market" },
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};
/** The schedule of another customer. */
export const OTHER: CronWorkflow = { ...CRON, metadata: { ...CRON.metadata, namespace: "customer-alpenkredit" } };
export const EVENING = "2026-03-31T21:00:00Z";

/** The schedule, made at another time. */
export const since = (creationTimestamp: string, cron = CRON): CronWorkflow => ({
  ...cron,
  metadata: { ...cron.metadata, creationTimestamp },
});

/** The schedule of a lane with weekends, and with closed days by their reasons. */
export const weekdays = (closed: Readonly<Record<string, string>> = {}): CronWorkflow => ({
  ...CRON,
  metadata: {
    ...CRON.metadata,
    annotations: { ...CRON.metadata.annotations, "nightlane/calendar": writeCalendar(testCalendar({ closed })) },
  },
});

export const market = [stepNode("market", "Succeeded"), ...attemptNodes("market", 1, { phase: "Succeeded" })];
export const marketRuns = [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })];

/** Nodes of a night whose scenarios has failed and waits for a decision. */
export const failed = (exitCode: number) => [
  ...market,
  stepNode("scenarios", "Running"),
  ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode, hold: "Running" }),
];

/** The night of 31 March, whose calendar has said that there is one. */
export const night = (parts: NightParts): Workflow => nightWorkflow({ open: "yes", ...parts });

/** The same of another customer. */
export const of = (customer: string, workflow: Workflow): Workflow => ({
  ...workflow,
  metadata: { ...workflow.metadata, namespace: `customer-${customer}`, uid: `uid-${customer}` },
});

/** The night of a date, which has started and ended well unless something else is said. */
export function nightOf(date: string, more: NightParts = {}, number = 1): Workflow {
  const workflow = nightWorkflow({
    phase: "Succeeded",
    startedAt: `${date}T20:30:00Z`,
    ...((more.phase ?? "Succeeded") === "Running" ? {} : { finishedAt: `${date}T22:10:00Z` }),
    ...more,
    parameters: { "business-date": date, "run-number": String(number), ...more.parameters },
  });
  const name = `night-${date}-run-${number}`;
  return { ...workflow, metadata: { ...workflow.metadata, name, uid: `uid-${date}-${number}` } };
}

/** The night of 31 March at the gate sign-off. */
export const gate = (parts: NightParts = {}, nodes = market): Workflow =>
  night({
    ...parts,
    nodes: [
      ...nodes,
      stepNode("sign-off", "Running"),
      node("sign-off-1", "attempt-sign-off", "DAG", "Running", { boundaryID: "step-sign-off" }),
      waitingNode("q", "run-sign-off", "sign-off", "Running", "sign-off-1"),
    ],
  });

/** A timeline at the evening of 31 March, on which workflows run. */
export async function evening(timeline: Timeline, ...workflows: readonly Workflow[]): Promise<void> {
  timeline.schedule(CRON);
  await timeline.list(...workflows);
}

/** A situation that begins in the evening of 31 March, when market has been computed. */
export function inTheEvening(situation: Omit<Situation, "start">): Situation {
  return {
    ...situation,
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }));
      await situation.happens(timeline);
    },
  };
}

/** Days one after the other, `YYYY-MM-DD`. */
export function days(first: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(first) + index * 24 * 3600_000).toISOString().slice(0, 10),
  );
}

export const critical = (alert: string): ExpectedCall => ({ alert, customer: CUSTOMER, severity: "critical" });
export const warning = (alert: string): ExpectedCall => ({ alert, customer: CUSTOMER, severity: "warning" });
export const decision: ExpectedCall = { ...critical("NightlaneStepNeedsDecision"), step: "scenarios" };
