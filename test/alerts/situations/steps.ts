import { actAnnotation } from "../../../runs/act.ts";
import type { StepFacts } from "../../../runs/run-record.ts";
import type { Workflow, WorkflowNode } from "../../../runs/workflow.ts";
import { pastNights, scenariosSince } from "../../support/past-nights.ts";
import { attemptNodes, node, stepNode, waitingNode } from "../../unit/ops/support/night-workflow.ts";
import { type ExpectedCall, stands } from "../expected-call.ts";
import type { Situation } from "../situation.ts";
import {
  CRON,
  CUSTOMER,
  decision,
  EVENING,
  evening,
  failed,
  gate,
  inTheEvening,
  market,
  night,
  OTHER,
  of,
  warning,
} from "./lane.ts";

const gateWaits: ExpectedCall = {
  alert: "NightlaneGateWaits",
  customer: CUSTOMER,
  step: "sign-off",
  severity: "warning",
};
const urgentGate: ExpectedCall = { ...gateWaits, severity: "critical" };
const trouble = (kind: string): ExpectedCall => ({
  ...decision,
  alert: "NightlaneStepTrouble",
  severity: "warning",
  kind,
});
const urgent = (call: ExpectedCall): ExpectedCall => ({ ...call, severity: "critical" });
const long: ExpectedCall = { ...decision, alert: "NightlaneStepLong", severity: "warning" };

const held = (since: string): readonly WorkflowNode[] => [
  ...market,
  stepNode("scenarios", "Running"),
  { ...waitingNode("h", "hold", "scenarios", "Running", "step-scenarios"), startedAt: since },
];

/** The night, paused by a person at a time. */
function paused(at: string): Workflow {
  const pause = {
    id: "20260331210000000-0a1b2c",
    by: "anna",
    verb: "pause",
    reason: "cluster is upgraded",
    at,
  } as const;
  const one = night({ nodes: market, annotations: actAnnotation(pause) });
  return { ...one, spec: { ...one.spec, suspend: true } };
}

/** A try of scenarios that has reported something and ended for it, and the one that goes on. */
const said = (message: string, exitCode = "21"): readonly WorkflowNode[] => [
  ...market,
  stepNode("scenarios", "Running"),
  ...attemptNodes("scenarios", 1, { phase: "Running" }).filter(({ type }) => type !== "Pod"),
  node("try-1", "run-scenarios", "Pod", "Failed", {
    boundaryID: "scenarios-1",
    outputs: { exitCode },
    message: `main: Error (exit code ${exitCode}): ${message}`,
  }),
  node("try-2", "run-scenarios", "Pod", "Running", { boundaryID: "scenarios-1", startedAt: "2026-03-31T21:02:40Z" }),
];
const pulls = said(`TROUBLE image since ${EVENING}: The image registry.example/risk cannot be pulled.`);
const over = said("OVER image: it is over, and the next try goes on.");

/** Twenty nights in which scenarios took five hours, and the gate after it minutes. */
const usual = pastNights(29, "2026-03-02T20:30:00Z");
/** The same with ten minutes of scenarios. */
const quick = usual.map((facts) => ({ ...facts, steps: facts.steps.map(shortened) }));

function shortened(step: StepFacts): StepFacts {
  const minutes = (time = "", count = 10): string => new Date(Date.parse(time) + count * 60_000).toISOString();
  return step.name !== "scenarios"
    ? step
    : { ...step, attempts: step.attempts.map((one) => ({ ...one, finishedAt: minutes(one.startedAt) })) };
}

/** Tonight: market took as long as in those nights, and scenarios runs since. */
const begun = scenariosSince("2026-03-31T20:30:00Z", "2026-03-31T21:00:00Z");
const marketDone = begun.filter(({ id }) => id.includes("market"));
const scenariosDone = begun.map((one) => ({ ...one, phase: "Succeeded" as const, finishedAt: "2026-04-01T02:00:00Z" }));

/** The same night in a lane whose gate comes before scenarios. */
function gateFirst(workflow: Workflow): Workflow {
  const tasks = [
    { name: "market" },
    { name: "sign-off", depends: "market" },
    { name: "scenarios", depends: "sign-off" },
  ];
  const [, ...templates] = workflow.status?.storedWorkflowTemplateSpec?.templates ?? [];
  const storedWorkflowTemplateSpec = { templates: [{ name: "steps", dag: { tasks } }, ...templates] };
  return { ...workflow, status: { ...workflow.status, storedWorkflowTemplateSpec } };
}

/** What people are called for in a single step. */
export const STEP_SITUATIONS: readonly Situation[] = [
  {
    title: "a decision",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: failed(10) }));
      await timeline.pass(40);
      const again = attemptNodes("scenarios", 2, { phase: "Running" });
      const decided = attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, hold: "Succeeded" });
      await timeline.list(night({ nodes: [...market, stepNode("scenarios", "Running"), ...decided, ...again] }));
      await timeline.pass(10);
    },
    calls: [decision],
    nearly: ["NightlaneJobLost critical"],
  },
  inTheEvening({
    title: "a failed attempt that was decided before anybody looked",
    happens: async (timeline) => {
      await timeline.pass(5);
      const again = attemptNodes("scenarios", 2, { phase: "Running" });
      const decided = attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, hold: "Succeeded" });
      await timeline.list(night({ nodes: [...market, stepNode("scenarios", "Running"), ...decided, ...again] }));
      await timeline.pass(20);
    },
    nearly: ["NightlaneStepNeedsDecision critical"],
  }),
  {
    title: "a decision of one customer, not of another",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: market }), of("alpenkredit", night({ nodes: failed(10) })));
      timeline.schedule(CRON, OTHER);
      await timeline.pass(10);
    },
    calls: [stands({ ...decision, customer: "alpenkredit" })],
  },
  {
    title: "a decision that outlasts an absence of nightwatch of a quarter of an hour",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: failed(10) }));
      await timeline.pass(10);
      await timeline.restart(15);
      await timeline.pass(10);
    },
    calls: [stands(decision), { alert: "NightlaneNightwatchSilent", severity: "critical" }],
  },
  {
    title: "a decision that was made while nightwatch was away",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: failed(10) }));
      await timeline.pass(10);
      await timeline.restart(5);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(10);
    },
    calls: [decision],
  },
  {
    title: "a lost job, by another name than a failed one",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: failed(30) }));
      await timeline.pass(12);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(10);
    },
    calls: [{ ...decision, alert: "NightlaneJobLost" }],
    nearly: ["NightlaneStepNeedsDecision critical"],
  },
  {
    title: "a gate that waits for less than a quarter of an hour",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, gate());
      await timeline.pass(14);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(5);
    },
    nearly: ["NightlaneGateWaits warning"],
  },
  {
    title: "a gate that waits with time to spare, as something for the morning",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, gate());
      await timeline.pass(40);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(5);
    },
    calls: [gateWaits],
    nearly: ["NightlaneGateWaits critical"],
  },
  {
    title: "a gate that waits until little time is left, as something for now",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, gate());
      await timeline.passUntil("2026-04-01T02:30:00Z");
    },
    calls: [gateWaits, stands(urgentGate)],
  },
  {
    title: "a gate more than two hours before the end, of a night that nobody can forecast",
    start: "2026-04-01T01:20:00Z",
    happens: async (timeline) => {
      await evening(timeline, gate());
      await timeline.pass(35);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(5);
    },
    calls: [gateWaits],
    nearly: ["NightlaneGateWaits critical"],
  },
  {
    title: "a gate that waits for a moment while little time is left",
    start: "2026-04-01T02:10:00Z",
    happens: async (timeline) => {
      await evening(timeline, gate());
      await timeline.pass(4);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(15);
    },
    nearly: ["NightlaneGateWaits critical"],
  },
  {
    title: "a gate two hours before the end, of a night in which nothing takes long after it",
    start: "2026-04-01T02:10:00Z",
    happens: async (timeline) => {
      await timeline.remember(...usual);
      await evening(timeline, gate({}, scenariosDone));
      await timeline.pass(30);
      await timeline.list(night({ nodes: scenariosDone }));
      await timeline.pass(5);
    },
    calls: [gateWaits],
    nearly: ["NightlaneGateWaits critical"],
  },
  {
    title: "a gate with hours left, of a night that needs nearly all of them",
    start: "2026-03-31T22:25:00Z",
    happens: async (timeline) => {
      await timeline.remember(...usual);
      await evening(timeline, gateFirst(gate({}, marketDone)));
      await timeline.pass(30);
      await timeline.list(night({ nodes: begun }));
      await timeline.pass(5);
    },
    calls: [urgentGate],
  },
  {
    title: "a gate of a night that needs not quite all of the hours that are left",
    start: "2026-03-31T22:06:00Z",
    happens: async (timeline) => {
      await timeline.remember(...usual);
      await evening(timeline, gateFirst(gate({}, marketDone)));
      await timeline.pass(20);
      await timeline.list(night({ nodes: begun }));
      await timeline.pass(5);
    },
    calls: [gateWaits],
    nearly: ["NightlaneGateWaits critical"],
  },
  {
    title: "a hold that is forgotten for an hour",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: held(EVENING) }));
      await timeline.pass(78);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(5);
    },
    calls: [{ ...decision, alert: "NightlaneStepHeld", severity: "warning" }],
  },
  {
    title: "a hold of an hour",
    start: EVENING,
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: held(EVENING) }));
      await timeline.pass(60);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(5);
    },
    nearly: ["NightlaneStepHeld warning"],
  },
  ...[
    { title: "a pause that is forgotten for an hour", minutes: 78, calls: [warning("NightlaneNightPaused")] },
    { title: "a pause of an hour", minutes: 60, nearly: ["NightlaneNightPaused warning"] },
  ].map(
    ({ title, minutes, ...expected }): Situation => ({
      title,
      start: EVENING,
      happens: async (timeline) => {
        await evening(timeline, paused(EVENING));
        await timeline.pass(minutes);
        await timeline.list(night({ nodes: market }));
        await timeline.pass(5);
      },
      ...expected,
    }),
  ),
  {
    title: "a customer's cluster that refuses the credential, for the whole evening",
    start: "2026-03-31T21:03:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: said(`TROUBLE credential since ${EVENING}: It answers 401.`) }));
      await timeline.pass(60);
    },
    calls: [trouble("credential"), stands(urgent(trouble("credential")))],
  },
  {
    title: "a customer's cluster that cannot be reached for not quite half an hour",
    start: "2026-03-31T21:03:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: said(`TROUBLE unreachable since ${EVENING}: It does not answer.`) }));
      await timeline.pass(26);
      await timeline.list(night({ nodes: said("OVER unreachable: it is over, and the next try goes on.") }));
      await timeline.pass(10);
    },
    calls: [trouble("unreachable")],
    nearly: ["NightlaneStepTrouble critical"],
  },
  {
    title: "a trouble that lasts until little time is left",
    start: "2026-04-01T02:40:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: said(`TROUBLE quota since 2026-04-01T02:35:00Z: No room.`) }));
      await timeline.pass(50);
    },
    calls: [trouble("quota"), stands(urgent(trouble("quota")))],
  },
  {
    title: "a step that cannot go on, until it can",
    start: "2026-03-31T21:03:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: pulls }));
      await timeline.pass(25);
      await timeline.list(night({ nodes: over }));
      await timeline.pass(10);
    },
    calls: [trouble("image")],
  },
  {
    title: "a step that is in trouble first with one thing and then with another",
    start: "2026-03-31T21:03:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: pulls }));
      await timeline.pass(15);
      const unreachable = `TROUBLE unreachable since 2026-03-31T21:15:00Z: 10.64.1.11:6443 does not answer.`;
      await timeline.list(night({ nodes: said(unreachable) }));
      await timeline.pass(15);
    },
    calls: [trouble("image"), stands(trouble("unreachable"))],
  },
  {
    title: "a trouble that was over in the minute after it was reported",
    start: "2026-03-31T21:03:00Z",
    happens: async (timeline) => {
      await evening(timeline, night({ nodes: pulls }));
      await timeline.pass(1);
      await timeline.list(night({ nodes: over }));
      await timeline.pass(20);
    },
    nearly: ["NightlaneStepTrouble warning"],
  },
  {
    title: "a trouble that was over in the minute after it was reported, with little time left",
    start: "2026-04-01T03:10:00Z",
    happens: async (timeline) => {
      const short = said("TROUBLE image since 2026-04-01T03:07:00Z: It cannot be pulled.");
      await evening(timeline, night({ nodes: short }));
      await timeline.pass(1);
      await timeline.list(night({ nodes: over }));
      await timeline.pass(20);
    },
    nearly: ["NightlaneStepTrouble critical"],
  },
  {
    title: "a step that runs three times as long as in the last nights, until it ends",
    start: "2026-03-31T21:25:00Z",
    happens: async (timeline) => {
      await timeline.remember(...quick);
      await evening(timeline, night({ nodes: begun }));
      await timeline.pass(30);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(10);
    },
    calls: [long],
  },
  {
    title: "a step that runs not quite three times as long as in the last nights",
    start: "2026-03-31T21:00:00Z",
    happens: async (timeline) => {
      await timeline.remember(...quick);
      await evening(timeline, night({ nodes: begun }));
      await timeline.pass(29);
      await timeline.list(night({ nodes: market }));
      await timeline.pass(10);
    },
    nearly: ["NightlaneStepLong warning"],
  },
];
