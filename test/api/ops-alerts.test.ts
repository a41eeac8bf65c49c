import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../farm/deploy/command.ts";
import { succeeded } from "../../farm/deploy/pulumi.ts";
import { ensureTools } from "../../farm/tools/ensure.ts";
import { silentReporter } from "../../farm/tools/reporter.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { parseCommandLine } from "../ops/support/command-line.ts";
import {
  attemptNodes,
  type NightParts,
  nightWorkflow,
  node,
  stepNode,
  waitingNode,
} from "../ops/support/night-workflow.ts";
import { alertGroups, type ExpectedAlert, ExportedNights } from "./ops-alerts-support.ts";
import { projectCopy, TemporaryFolder } from "./support.ts";

/** Berlin is two hours ahead: the night of 31 March starts at 20:30, has its inputs at 21:15 and ends by 04:00. */
const CRON: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-01-01T00:00:00Z",
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
let dist: string;

/** Compares which of the customer's alerts stand now, by the real promtool. */
async function expectAlerts(nights: ExportedNights, ...expected: readonly ExpectedAlert[]): Promise<void> {
  await nights.expectAlerts(promtool, folder, alertGroups(join(dist, "nordbank")), expected);
}

async function evening(...workflows: readonly Workflow[]): Promise<ExportedNights> {
  const nights = new ExportedNights(EVENING);
  nights.schedule(CRON);
  await nights.list(...workflows);
  return nights;
}

beforeAll(async () => {
  folder = new TemporaryFolder();
  promtool = (await ensureTools(["promtool"], silentReporter)).promtool;
  // A central cluster with a Prometheus operator, and what `cdk8s synth` writes for it.
  const project = projectCopy(folder, "project");
  const central = join(project, "central.json");
  const { monitoring, ...rest } = JSON.parse(readFileSync(central, "utf8"));
  writeFileSync(central, JSON.stringify({ ...rest, monitoring: { ...monitoring, prometheusOperator: true } }));
  dist = join(folder.path, "dist");
  const synth = ["--import", "tsx", join("infra", "synth.ts")];
  const env = { PATH: process.env.PATH ?? "", CDK8S_OUTDIR: dist };
  succeeded(await runCommand(process.execPath, synth, { cwd: project, env }));
});

afterAll(() => folder?.remove());

describe("the alerts of a customer", () => {
  it("are in every lane, and rules that Prometheus takes", async () => {
    for (const lane of ["nordbank", "alpenkredit", "platform"]) {
      const groups = alertGroups(join(dist, lane));
      expect(groups, lane).toHaveLength(1);
      const file = folder.file("check.yaml", JSON.stringify({ groups }));
      expect(
        succeeded(
          await runCommand(promtool, ["check", "rules", "--lint=all", "--lint-fatal", file], { cwd: "/", env: {} }),
        ),
      ).toContain("SUCCESS");
    }
    expect(readdirSync(join(dist, "platform")).join(" ")).toContain("servicemonitor-nightwatch");
  });

  it("name a command that nightlane takes", async () => {
    for (const { annotations } of alertGroups(join(dist, "nordbank")).flatMap(({ rules }) => rules)) {
      const command = (annotations.command ?? "").replace("{{ $labels.step }}", "sign-off");
      await expect(parseCommandLine(command), command).resolves.toBeUndefined();
    }
  });

  it("are silent while a night runs in its time and ends well", async () => {
    const nights = await evening(night({ nodes: market }));
    await nights.pass(30);
    await expectAlerts(nights);
    await nights.list(night({ nodes: market, phase: "Succeeded", finishedAt: "2026-03-31T21:30:00Z" }));
    await nights.pass(30);
    await expectAlerts(nights);
  });

  it("are silent over what another customer's night needs", async () => {
    const nights = await evening(night({ nodes: market }), of("alpenkredit", night({ nodes: failed(10) })));
    nights.schedule(OTHER);
    await nights.pass(5);
    await expectAlerts(nights);
  });

  it("call for a decision, and no more once it is made", async () => {
    const nights = await evening(night({ nodes: failed(10) }));
    await nights.pass(2);
    await expectAlerts(nights, decision("NightlaneStepNeedsDecision", "deciding"));
    const again = attemptNodes("scenarios", 2, { phase: "Running" });
    const decided = attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, hold: "Succeeded" });
    await nights.list(night({ nodes: [...market, stepNode("scenarios", "Running"), ...decided, ...again] }));
    await nights.pass(2);
    await expectAlerts(nights);
  });

  it("call for a lost job by another name than for a failed one", async () => {
    const nights = await evening(night({ nodes: failed(30) }));
    await nights.pass(2);
    await expectAlerts(nights, { alert: "NightlaneJobLost", labels: { step: "scenarios" } });
  });

  it("remind of a gate after a while, and of a hold after an hour", async () => {
    const attempt = node("sign-off-1", "attempt-sign-off", "DAG", "Running");
    const question = waitingNode("q", "run-sign-off", "sign-off", "Running", "sign-off-1");
    const gate = [...market, stepNode("sign-off", "Running"), attempt, question];
    const asked = await evening(night({ nodes: gate }));
    await asked.pass(10);
    await expectAlerts(asked);
    await asked.pass(10);
    await expectAlerts(asked, { alert: "NightlaneGateWaits", labels: { step: "sign-off", state: "confirming" } });
    const hold = [
      ...market,
      stepNode("scenarios", "Running"),
      waitingNode("g", "gate", "scenarios", "Running", "step-scenarios"),
    ];
    const held = await evening(night({ nodes: hold }));
    await held.pass(55);
    await expectAlerts(held);
    await held.pass(10);
    await expectAlerts(held, decision("NightlaneStepHeld", "held"));
  });

  it("tell that the inputs are late", async () => {
    const nights = await evening(night({ nodes: running }));
    await nights.pass(15);
    await expectAlerts(nights);
    await nights.pass(3);
    await expectAlerts(nights, { alert: "NightlaneInputsLate" });
    await nights.list(night({ nodes: market }));
    await nights.pass(2);
    await expectAlerts(nights);
  });

  it("tell that the night is late for as long as it runs", async () => {
    const nights = new ExportedNights("2026-04-01T03:50:00Z");
    nights.schedule(CRON);
    await nights.list(night({ nodes: market }));
    await nights.pass(9);
    await expectAlerts(nights);
    await nights.pass(5);
    await expectAlerts(nights, { alert: "NightlaneNightLate" });
    await nights.list(night({ nodes: market, phase: "Succeeded", finishedAt: "2026-04-01T04:04:00Z" }));
    await nights.pass(2);
    await expectAlerts(nights);
  });

  it("tell that a night was missed", async () => {
    const nights = new ExportedNights("2026-03-31T20:25:00Z");
    nights.schedule(CRON);
    // What the calendar answered would count more than the parameter, so it is left out.
    const dayBefore = { "business-date": "2026-03-30" };
    const times = { startedAt: "2026-03-30T20:30:00Z", finishedAt: "2026-03-31T00:00:00Z" };
    await nights.list(nightWorkflow({ parameters: dayBefore, phase: "Succeeded", ...times }));
    await nights.pass(20);
    await expectAlerts(nights);
    await nights.pass(5);
    await expectAlerts(nights, { alert: "NightlaneNightMissed" });
  });

  it("tell that a night was left out because an earlier one still ran", async () => {
    const nights = new ExportedNights("2026-04-01T20:40:00Z");
    nights.schedule(CRON);
    await nights.list(night({ nodes: market }));
    await nights.pass(10);
    await expectAlerts(nights, { alert: "NightlaneNightMissed" }, { alert: "NightlaneNightLate" });
  });

  it("tell that a night has failed, until somebody repeats it", async () => {
    const ended = night({ nodes: [stepNode("market", "Failed")], phase: "Failed", finishedAt: "2026-03-31T20:59:00Z" });
    const nights = await evening(ended);
    await nights.pass(3);
    await expectAlerts(nights, { alert: "NightlaneNightFailed" });
    const replay = night({ parameters: { "run-number": "2" } });
    await nights.list(ended, {
      ...replay,
      metadata: { ...replay.metadata, name: "night-2026-03-31-run-2", uid: "uid-2" },
    });
    await nights.pass(2);
    await expectAlerts(nights);
  });
});

describe("the alerts of the platform", () => {
  const expectPlatform = (nights: ExportedNights, ...expected: readonly ExpectedAlert[]): Promise<void> =>
    nights.expectAlerts(promtool, folder, alertGroups(join(dist, "platform")), expected);

  it("are silent while nightwatch works", async () => {
    const nights = await evening(night({ nodes: market }));
    await nights.pass(30);
    await expectPlatform(nights);
  });

  it("tell that nightwatch is silent: gone, or without news", async () => {
    const gone = await evening(night({ nodes: market }));
    await gone.pass(5);
    gone.absent(20);
    await expectPlatform(gone, { alert: "NightlaneNightwatchSilent" });
    const stuck = await evening(night({ nodes: market }));
    await stuck.pass(80);
    await expectPlatform(stuck, { alert: "NightlaneNightwatchSilent" });
  });

  it("tell that records are not written and that the webhook takes nothing", async () => {
    const nights = await evening(night({ nodes: market }));
    await nights.pass(5);
    nights.works = false;
    await nights.list(night({ nodes: failed(10) }));
    await nights.pass(15);
    await expectPlatform(nights, { alert: "NightlaneRecordsNotWritten" }, { alert: "NightlaneNotificationsNotTaken" });
  });
});

it("what nightwatch exports is in Prometheus' form", async () => {
  const nights = await evening(night({ nodes: failed(30) }));
  await nights.pass(1);
  const metrics = folder.file("metrics.txt", nights.nightwatch.metrics());
  succeeded(await runCommand("sh", ["-c", `"${promtool}" check metrics < "${metrics}"`], { cwd: "/", env: {} }));
});

function decision(alert: string, state: string): ExpectedAlert {
  return { alert, labels: { step: "scenarios", state } };
}
