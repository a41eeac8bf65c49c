import type { Workflow } from "../../../runs/workflow.ts";
import { attemptNodes, type NightParts, node, stepNode, waitingNode } from "../../unit/ops/support/night-workflow.ts";
import { Evening, type LaneTimes, night, schedule } from "./lanes.ts";

/** A call that a situation must cause. */
export interface LiveCall {
  readonly alert: string;
  readonly severity: "critical" | "warning";
  readonly customer?: string;
  readonly step?: string;
  readonly cause?: string;
}

/** Something that happens to customers at once, and the calls that it must cause. */
export interface Situation {
  readonly title: string;
  readonly customers: readonly string[];
  /** Objects of a customer's lane before, while it lasts, and once it is fixed. */
  readonly before: (customer: string) => readonly object[];
  readonly trouble: (customer: string) => readonly object[];
  readonly fixed: (customer: string) => readonly object[];
  /** The call for each customer. @default - nobody is called */
  readonly call?: Omit<LiveCall, "customer">;
  /** Whether nightwatch also calls for it without Prometheus. */
  readonly direct: boolean;
}

const market = [stepNode("market", "Succeeded"), ...attemptNodes("market", 1, { phase: "Succeeded" })];
const marketRuns = [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })];
const failedWith = (exitCode: number): NightParts["nodes"] => [
  ...market,
  stepNode("scenarios", "Running"),
  ...attemptNodes("scenarios", 1, {
    phase: "Failed",
    exitCode,
    message: "<!channel> the API server is away",
    hold: "Running",
  }),
];
const gate = [
  ...market,
  stepNode("sign-off", "Running"),
  node("sign-off-1", "attempt-sign-off", "DAG", "Running", { boundaryID: "step-sign-off" }),
  waitingNode("question", "run-sign-off", "sign-off", "Running", "sign-off-1"),
];
const held = (since: string): NightParts["nodes"] => [
  ...market,
  stepNode("scenarios", "Running"),
  { ...waitingNode("hold", "hold", "scenarios", "Running", "step-scenarios"), startedAt: since },
];

/** All that is tried at once, each with customers of its own. */
export function situations(evening: Evening): readonly Situation[] {
  const usual: LaneTimes = { start: "19:30", finishBy: "06:00" };
  const today = evening.day();
  const tonight = (customer: string, parts: NightParts = {}, times = usual): Workflow & object =>
    night(customer, today, evening.instant(today, times.start), { nodes: market, ...parts });
  const succeeded: NightParts = { phase: "Succeeded", finishedAt: evening.in(-1) };
  /** A lane whose night of today goes from one state to another. */
  const lane = (
    title: string,
    customers: readonly string[],
    trouble: NightParts,
    call: Situation["call"],
    { times = usual, direct = true, before = {}, fixed = {} }: LaneMore = {},
  ): Situation => ({
    title,
    customers,
    before: (customer) => [schedule(customer, evening, times), tonight(customer, before, times)],
    trouble: (customer) => [tonight(customer, trouble, times)],
    fixed: (customer) => [tonight(customer, fixed, times)],
    ...(call === undefined ? {} : { call }),
    direct,
  });
  const step = (alert: string, name: string, severity: LiveCall["severity"] = "critical") => ({
    alert,
    step: name,
    severity,
  });
  const whole = (alert: string) => ({ alert, severity: "critical" as const });
  const yesterday = evening.day(-1);
  const lateTimes: LaneTimes = { start: "22:00", finishBy: "06:00" };
  const late = (customer: string, parts: NightParts): Workflow & object =>
    night(customer, yesterday, evening.instant(yesterday, "22:00"), { nodes: market, ...parts });
  return [
    lane("a quiet night", ["quietbank"], {}, undefined),
    lane(
      "an outage that stops forty customers at once",
      Array.from({ length: 40 }, (_, index) => `bank-${String(index + 1).padStart(2, "0")}`),
      { nodes: failedWith(20) },
      step("NightlaneStepNeedsDecision", "scenarios"),
    ),
    lane("a lost job", ["lostbank"], { nodes: failedWith(30) }, step("NightlaneJobLost", "scenarios")),
    lane("a gate with time to spare", ["gatebank"], { nodes: gate }, step("NightlaneGateWaits", "sign-off", "warning")),
    lane(
      "a gate with little time left",
      ["urgentbank"],
      { nodes: gate },
      step("NightlaneGateWaits", "sign-off", "critical"),
      { times: { ...usual, finishBy: "21:45" } },
    ),
    lane(
      "a hold that was forgotten",
      ["heldbank"],
      { nodes: held(evening.in(-61)) },
      step("NightlaneStepHeld", "scenarios", "warning"),
    ),
    lane("inputs that are late", ["inputbank"], { nodes: marketRuns }, whole("NightlaneInputsLate"), {
      times: { ...usual, inputsBy: "19:45" },
    }),
    lane(
      "a night that failed and is repeated",
      ["failedbank"],
      { ...succeeded, phase: "Failed" },
      whole("NightlaneNightFailed"),
      {
        fixed: succeeded,
      },
    ),
    {
      title: "a night that is late",
      customers: ["latebank"],
      before: (customer) => [schedule(customer, evening, lateTimes)],
      trouble: (customer) => [late(customer, {})],
      fixed: (customer) => [late(customer, succeeded)],
      call: whole("NightlaneNightLate"),
      direct: true,
    },
    {
      title: "a night that was missed",
      customers: ["missedbank"],
      // No night from before a schedule was made is missed, so this one is made for a minute that is still to come.
      before: () => [],
      trouble: (customer) => {
        const now = new Evening(Date.now());
        return [schedule(customer, now, { start: now.clock(2), startBy: now.clock(3), finishBy: "06:00" })];
      },
      fixed: (customer) => [night(customer, today, evening.in(0), { nodes: market })],
      call: whole("NightlaneNightMissed"),
      direct: true,
    },
  ];
}

interface LaneMore {
  readonly times?: LaneTimes;
  readonly direct?: boolean;
  readonly before?: NightParts;
  readonly fixed?: NightParts;
}
