import type { RunFacts, StepFacts } from "../../runs/run-record.ts";
import type { WorkflowNode } from "../../runs/workflow.ts";
import { attemptNodes, stepNode } from "../unit/ops/support/night-workflow.ts";

const HOUR = 3600_000;

/**
 * Records of nordbank's nights on consecutive days, in which market took half an hour, and scenarios five.
 * @param first Start of the first, RFC 3339.
 */
export function pastNights(count: number, first: string): readonly RunFacts[] {
  return Array.from({ length: count }, (_, night) => {
    const start = Date.parse(first) + night * 24 * HOUR;
    const time = (hours: number): string => new Date(start + hours * HOUR).toISOString();
    const step = (name: string, after: readonly string[], from: number, to: number): StepFacts => ({
      name,
      kind: name === "sign-off" ? "gate" : "spark",
      after,
      state: "succeeded",
      attempts: [{ number: 1, phase: "Succeeded", startedAt: time(from), finishedAt: time(to), runners: 1 }],
    });
    return {
      customer: "nordbank",
      night: `night-${night}`,
      uid: `past-${night}`,
      pipeline: "night",
      businessDate: time(0).slice(0, 10),
      variant: "regular",
      runNumber: 1,
      purpose: "schedule",
      template: "night-0123456789",
      images: [],
      parameters: {},
      scheduledAt: time(0),
      startedAt: time(0),
      finishedAt: time(5.6),
      phase: "Succeeded",
      open: true,
      late: false,
      steps: [
        step("market", [], 0, 0.5),
        step("scenarios", ["market"], 0.5, 5.5),
        step("sign-off", ["scenarios"], 5.5, 5.6),
      ],
      acts: [],
      unreadableActs: [],
      notified: [],
    };
  });
}

/** Nodes of a night whose market ran from its start to a time, and whose scenarios runs since. */
export function scenariosSince(nightStart: string, marketEnd: string): readonly WorkflowNode[] {
  const market = { startedAt: nightStart, finishedAt: marketEnd };
  return [
    stepNode("market", "Succeeded", market),
    ...attemptNodes("market", 1, { phase: "Succeeded" }).map((node) => ({ ...node, ...market })),
    stepNode("scenarios", "Running", { startedAt: marketEnd }),
    ...attemptNodes("scenarios", 1, { phase: "Running" }).map((node) => ({ ...node, startedAt: marketEnd })),
  ];
}
