import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { TemporaryFolder } from "../api/support.ts";
import { runCommand } from "../farm/deploy/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";
import { ensureTools } from "../farm/tools/ensure.ts";
import { silentReporter } from "../farm/tools/reporter.ts";
import { parseCommandLine } from "../unit/ops/support/command-line.ts";
import {
  attemptNodes,
  type NightParts,
  nightWorkflow,
  node,
  stepNode,
  waitingNode,
} from "../unit/ops/support/night-workflow.ts";
import { type RuleGroup, ruleGroups, synthesizeWithOperator } from "./rules.ts";
import { type ExpectedCall, Timeline } from "./timeline.ts";

/** Berlin is two hours ahead: the night of 31 March starts at 20:30, has its inputs at 21:15 and ends by 04:00. */
const CRON: CronWorkflow = {
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
const OTHER: CronWorkflow = { ...CRON, metadata: { ...CRON.metadata, namespace: "customer-alpenkredit" } };
const EVENING = "2026-03-31T21:00:00Z";

const market = [stepNode("market", "Succeeded"), ...attemptNodes("market", 1, { phase: "Succeeded" })];
const running = [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })];
const failed = (exitCode: number) => [
  ...market,
  stepNode("scenarios", "Running"),
  ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode, hold: "Running" }),
];
const night = (parts: NightParts): Workflow => nightWorkflow({ open: "yes", ...parts });
const of = (customer: string, workflow: Workflow): Workflow => ({
  ...workflow,
  metadata: { ...workflow.metadata, namespace: `customer-${customer}`, uid: `uid-${customer}` },
});

let folder: TemporaryFolder;
let promtool: string;
let groups: readonly RuleGroup[];

const CUSTOMER = "nordbank";
const decision = {
  alert: "NightlaneStepNeedsDecision",
  customer: CUSTOMER,
  step: "scenarios",
  severity: "critical",
} as const;
const critical = (alert: string): ExpectedCall => ({ alert, customer: CUSTOMER, severity: "critical" });
const stands = (call: ExpectedCall): ExpectedCall => ({ ...call, stands: true });

/** Compares the calls that the timeline raises, by the real promtool: each that is expected, as often, and no other. */
async function expectCalls(timeline: Timeline, ...expected: readonly ExpectedCall[]): Promise<void> {
  await timeline.expectCalls(promtool, folder, groups, expected);
}

async function evening(...workflows: readonly Workflow[]): Promise<Timeline> {
  const timeline = new Timeline(EVENING);
  timeline.schedule(CRON);
  await timeline.list(...workflows);
  return timeline;
}

beforeAll(async () => {
  folder = new TemporaryFolder();
  promtool = (await ensureTools(["promtool"], silentReporter)).promtool;
  groups = ruleGroups(await synthesizeWithOperator(folder));
});

afterAll(() => folder?.remove());

describe("the rules", () => {
  it("are taken by Prometheus", async () => {
    expect(groups.map(({ name }) => name)).toEqual(["nights", "platform"]);
    const file = folder.file("check.yaml", JSON.stringify({ groups }));
    const check = ["check", "rules", "--lint=all", "--lint-fatal", file];
    expect(succeeded(await runCommand(promtool, check, { cwd: "/", env: {} }))).toContain("SUCCESS");
  });

  it("name a command that nightlane takes", async () => {
    for (const { annotations } of groups.flatMap(({ rules }) => rules)) {
      const command = (annotations.command ?? "nightlane nights")
        .replace("{{ $labels.customer }}", CUSTOMER)
        .replace("{{ $labels.step }}", "sign-off");
      if (!command.startsWith("kubectl ")) {
        await expect(parseCommandLine(command), command).resolves.toBeUndefined();
      }
    }
  });

  it("read what nightwatch exports in Prometheus' form", async () => {
    const timeline = await evening(night({ nodes: failed(30) }));
    await timeline.pass(1);
    const metrics = folder.file("metrics.txt", timeline.nightwatch.metrics());
    succeeded(await runCommand("sh", ["-c", `"${promtool}" check metrics < "${metrics}"`], { cwd: "/", env: {} }));
  });
});

/** What somebody asks for: the workflows of a timeline as they are now. */
const ended = (date: string, more: NightParts = {}): Workflow => {
  const evening = `${date}T20:30:00Z`;
  const workflow = nightWorkflow({
    parameters: { "business-date": date },
    phase: "Succeeded",
    startedAt: evening,
    finishedAt: `${date}T22:10:00Z`,
    ...more,
  });
  return { ...workflow, metadata: { ...workflow.metadata, name: `night-${date}`, uid: `uid-${date}` } };
};

const gate = (open: NightParts["open"] = "yes"): Workflow =>
  night({
    open,
    nodes: [
      ...market,
      stepNode("sign-off", "Running"),
      node("sign-off-1", "attempt-sign-off", "DAG", "Running"),
      waitingNode("q", "run-sign-off", "sign-off", "Running", "sign-off-1"),
    ],
  });
const gateCall = { alert: "NightlaneGateWaits", customer: CUSTOMER, step: "sign-off" } as const;

describe("nobody is called", () => {
  it("in a quiet week, with a weekend and a holiday", async () => {
    const timeline = new Timeline("2026-03-30T20:00:00Z", 5);
    timeline.schedule({ ...CRON, metadata: { ...CRON.metadata, creationTimestamp: "2026-03-30T12:00:00Z" } });
    const days = ["30", "31", "01", "02", "03", "04", "05", "06"].map(
      (day) => `2026-0${Number(day) > 9 ? 3 : 4}-${day}`,
    );
    const nights: Workflow[] = [ended("2026-03-29")];
    for (const day of days) {
      // Good Friday, the weekend and Easter Monday: the schedule starts a night that ends at once.
      const isClosed = day >= "2026-04-03";
      await timeline.list(...nights);
      await timeline.passUntil(`${day}T20:30:00Z`);
      const start: NightParts = { parameters: { "business-date": day }, startedAt: `${day}T20:30:00Z` };
      const running = ended(day, { ...start, phase: "Running", nodes: market });
      const { finishedAt: _, ...status } = running.status ?? {};
      await timeline.list(...nights, { ...running, status });
      await timeline.passUntil(`${day}T${isClosed ? "20:35" : "22:10"}:00Z`);
      nights.push(ended(day, { ...start, finishedAt: `${day}T22:10:00Z` }));
    }
    await timeline.list(...nights);
    await timeline.pass(60);
    await expectCalls(timeline);
  }, 600_000);

  it("by a restart of nightwatch, however often it happens", async () => {
    const timeline = await evening(night({ nodes: market }));
    // A silence of ten minutes is called, whatever the nights do.
    for (const minutes of [1, 7, 3]) {
      await timeline.pass(10);
      await timeline.restart(minutes);
    }
    await timeline.pass(20);
    await expectCalls(timeline);
  });
});

describe("a person is called once, and no more when it is fixed", () => {
  it("for a decision", async () => {
    const timeline = await evening(night({ nodes: failed(10) }));
    await timeline.pass(40);
    const again = attemptNodes("scenarios", 2, { phase: "Running" });
    const decided = attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, hold: "Succeeded" });
    await timeline.list(night({ nodes: [...market, stepNode("scenarios", "Running"), ...decided, ...again] }));
    await timeline.pass(10);
    await expectCalls(timeline, decision);
  });

  it("for a decision of one customer, not of another", async () => {
    const timeline = await evening(night({ nodes: market }), of("alpenkredit", night({ nodes: failed(10) })));
    timeline.schedule(CRON, OTHER);
    await timeline.pass(10);
    await expectCalls(timeline, stands({ ...decision, customer: "alpenkredit" }));
  });

  it("for a decision that outlasts a restart of nightwatch of a quarter of an hour", async () => {
    const timeline = await evening(night({ nodes: failed(10) }));
    await timeline.pass(10);
    await timeline.restart(15);
    await timeline.pass(10);
    const silent = { alert: "NightlaneNightwatchSilent", severity: "critical" } as const;
    await expectCalls(timeline, stands(decision), silent);
  });

  it("for a decision that was made while nightwatch was away", async () => {
    const timeline = await evening(night({ nodes: failed(10) }));
    await timeline.pass(10);
    const restarting = timeline.restart(5);
    await restarting;
    await timeline.list(night({ nodes: market }));
    await timeline.pass(10);
    await expectCalls(timeline, decision);
  });

  it("for a lost job, by another name than for a failed one", async () => {
    const timeline = await evening(night({ nodes: failed(30) }));
    await timeline.pass(10);
    await timeline.list(night({ nodes: market }));
    await timeline.pass(10);
    await expectCalls(timeline, { ...decision, alert: "NightlaneJobLost" });
  });

  it("for a gate that waits with time to spare, as something for the morning", async () => {
    const timeline = await evening(gate());
    await timeline.pass(14);
    await timeline.list(night({ nodes: market }));
    await timeline.pass(5);
    await timeline.list(gate());
    await timeline.pass(40);
    await timeline.list(night({ nodes: market }));
    await timeline.pass(5);
    await expectCalls(timeline, { ...gateCall, severity: "warning" });
  });

  it("for a gate that waits until little time is left, as something for now", async () => {
    const timeline = await evening(gate());
    await timeline.passUntil("2026-04-01T02:30:00Z");
    await timeline.list(night({ nodes: market }));
    await timeline.pass(5);
    await expectCalls(timeline, { ...gateCall, severity: "warning" }, { ...gateCall, severity: "critical" });
  });

  it("for a hold after an hour", async () => {
    const timeline = await evening(
      night({
        nodes: [
          ...market,
          stepNode("scenarios", "Running"),
          waitingNode("g", "gate", "scenarios", "Running", "step-scenarios"),
        ],
      }),
    );
    await timeline.pass(58);
    await timeline.pass(20);
    await timeline.list(night({ nodes: market }));
    await timeline.pass(5);
    await expectCalls(timeline, { ...decision, alert: "NightlaneStepHeld", severity: "warning" });
  });

  it("for inputs that are late", async () => {
    const timeline = await evening(night({ nodes: running }));
    await timeline.pass(30);
    await timeline.list(night({ nodes: market }));
    await timeline.pass(5);
    await expectCalls(timeline, critical("NightlaneInputsLate"));
  });

  it("for a night that is late, for as long as it runs", async () => {
    const timeline = new Timeline("2026-04-01T03:50:00Z");
    timeline.schedule(CRON);
    await timeline.list(night({ nodes: market }));
    await timeline.pass(30);
    await timeline.list(night({ nodes: market, phase: "Succeeded", finishedAt: "2026-04-01T04:20:00Z" }));
    await timeline.pass(10);
    await expectCalls(timeline, critical("NightlaneNightLate"));
  });

  it("for a night that was missed", async () => {
    const timeline = new Timeline("2026-03-31T20:25:00Z");
    timeline.schedule(CRON);
    await timeline.list(ended("2026-03-30"));
    await timeline.pass(40);
    await timeline.list(ended("2026-03-30"), night({ nodes: market, startedAt: "2026-03-31T21:05:00Z" }));
    await timeline.pass(10);
    await expectCalls(timeline, critical("NightlaneNightMissed"));
  });

  it("for a night that was left out because an earlier one still ran", async () => {
    const timeline = new Timeline("2026-04-01T20:20:00Z");
    timeline.schedule(CRON);
    await timeline.list(night({ nodes: market }));
    await timeline.pass(40);
    await expectCalls(timeline, stands(critical("NightlaneNightMissed")), stands(critical("NightlaneNightLate")));
  });

  it("for a night that has failed, until somebody repeats it", async () => {
    const over = night({ nodes: [stepNode("market", "Failed")], phase: "Failed", finishedAt: "2026-03-31T20:59:00Z" });
    const timeline = await evening(over);
    await timeline.pass(30);
    const replay = night({ nodes: market, parameters: { "run-number": "2" } });
    await timeline.list(over, { ...replay, metadata: { ...replay.metadata, name: "night-run-2", uid: "uid-2" } });
    await timeline.pass(10);
    await expectCalls(timeline, critical("NightlaneNightFailed"));
  });
});

describe("what is missing or broken is not read as all well", () => {
  it("for a schedule that somebody suspended, and one that is gone", async () => {
    for (const crons of [[{ ...CRON, spec: { ...CRON.spec, suspend: true } }], []]) {
      const timeline = await evening(night({ nodes: market }));
      await timeline.pass(10);
      timeline.schedule(...crons);
      await timeline.pass(10);
      timeline.schedule(CRON);
      await timeline.pass(10);
      timeline.schedule(...crons);
      await timeline.pass(30);
      timeline.schedule(CRON);
      await timeline.pass(5);
      await expectCalls(timeline, { alert: "NightlaneLaneUnscheduled", customer: CUSTOMER, severity: "warning" });
    }
  });

  it("for a schedule that Argo refuses to start", async () => {
    const timeline = await evening(night({ nodes: market }));
    await timeline.pass(5);
    const conditions = [{ type: "SubmissionError", status: "True", message: "denied request" }];
    timeline.schedule({ ...CRON, status: { conditions } });
    await timeline.pass(10);
    timeline.schedule(CRON);
    await timeline.pass(5);
    await expectCalls(timeline, critical("NightlaneScheduleRefused"));
  });

  it("for an object that cannot be read, of its own customer alone", async () => {
    const timeline = await evening(night({ nodes: market }), of("alpenkredit", night({ nodes: market })));
    timeline.schedule(CRON, OTHER);
    await timeline.pass(5);
    timeline.schedule(CRON, { ...OTHER, spec: { ...OTHER.spec, timezone: "Mars/Base" } });
    await timeline.pass(10);
    timeline.schedule(CRON, OTHER);
    await timeline.pass(5);
    await expectCalls(timeline, { ...critical("NightlaneLaneUnreadable"), customer: "alpenkredit" });
  });

  it("for a night that starts and reaches no step", async () => {
    const timeline = new Timeline("2026-03-31T20:25:00Z");
    timeline.schedule(CRON);
    await timeline.list(ended("2026-03-30"));
    await timeline.passUntil("2026-03-31T20:30:00Z");
    const stuck = nightWorkflow({ parameters: { "scheduled-time": "2026-03-31T20:30:00Z", "business-date": "auto" } });
    await timeline.list(ended("2026-03-30"), stuck);
    await timeline.pass(40);
    await timeline.list(ended("2026-03-30"), night({ nodes: market }));
    await timeline.pass(5);
    await expectCalls(timeline, critical("NightlaneNightNotBegun"));
  });
});

describe("the platform engineers are called", () => {
  it("for a nightwatch that is gone, or has no news", async () => {
    const gone = await evening(night({ nodes: market }));
    await gone.pass(5);
    await gone.restart(25);
    await gone.pass(10);
    await expectCalls(gone, { alert: "NightlaneNightwatchSilent", severity: "critical" });
    const stuck = await evening(night({ nodes: market }));
    await stuck.watchWithoutNews(80);
    await expectCalls(stuck, { alert: "NightlaneNightwatchSilent", severity: "critical", stands: true });
  });

  it("for records that cannot be written", async () => {
    const timeline = await evening(night({ nodes: market }));
    await timeline.pass(5);
    timeline.storeWorks = false;
    await timeline.list(night({ nodes: failed(10) }));
    await timeline.pass(15);
    timeline.storeWorks = true;
    await timeline.pass(30);
    await expectCalls(timeline, stands(decision), { alert: "NightlaneRecordsNotWritten", severity: "warning" });
  });

  it("for a webhook that takes nothing", async () => {
    const timeline = await evening(night({ nodes: market }));
    await timeline.pass(5);
    timeline.webhookWorks = false;
    await timeline.list(night({ nodes: failed(10) }));
    await timeline.pass(15);
    timeline.webhookWorks = true;
    await timeline.pass(30);
    await expectCalls(timeline, stands(decision), { alert: "NightlaneNotificationsNotTaken", severity: "critical" });
  });

  it("for an Argo controller that is gone", async () => {
    const timeline = await evening(night({ nodes: market }));
    await timeline.pass(10);
    timeline.controllerRuns = false;
    await timeline.pass(20);
    timeline.controllerRuns = true;
    await timeline.pass(10);
    await expectCalls(timeline, { alert: "NightlaneControllerSilent", severity: "critical" });
  });

  it("for a schedule that the controller could not submit, the first time already", async () => {
    const cause = "CronWorkflowSubmissionError";
    const timeline = await evening(night({ nodes: market }));
    await timeline.pass(10);
    timeline.controllerErrors.set(cause, 1);
    await timeline.pass(40);
    timeline.controllerErrors.set(cause, 2);
    await timeline.pass(40);
    await expectCalls(timeline, { alert: "NightlaneControllerErrors", cause, severity: "warning", times: 2 });
  });
});
