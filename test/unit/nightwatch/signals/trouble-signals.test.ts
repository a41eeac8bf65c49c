import { describe, expect, test } from "vitest";
import { finishByOf } from "../../../../nightwatch/lane.ts";
import { RunBook } from "../../../../nightwatch/run-book.ts";
import { UrgentGates } from "../../../../nightwatch/signals/gate-urgency.ts";
import { runningSignals } from "../../../../nightwatch/signals/running-signals.ts";
import type { Signal } from "../../../../nightwatch/signals/signal.ts";
import { troubleSignals } from "../../../../nightwatch/signals/trouble-signals.ts";
import { troubleMetrics } from "../../../../nightwatch/trouble-metrics.ts";
import { renderNights } from "../../../../ops/overview/render-nights.ts";
import { renderNight } from "../../../../ops/render-night.ts";
import { plain } from "../../../../ops/text/paint.ts";
import { nightState } from "../../../../runs/night-state.ts";
import type { CronWorkflow } from "../../../../runs/schedule.ts";
import { Times } from "../../../../runs/times.ts";
import type { Workflow, WorkflowNode } from "../../../../runs/workflow.ts";
import { parseCommandLine } from "../../ops/support/command-line.ts";
import { attemptNodes, nightWorkflow, node, stepNode } from "../../ops/support/night-workflow.ts";

const cron: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-01-01T00:00:00Z",
    annotations: { "nightlane/finish-by": "06:00" },
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};

/** When the trouble began, and what a runner says of it two and a half minutes later. */
const BEGAN = "2026-03-31T21:00:00Z";
const words = `main: Error (exit code 21): TROUBLE image since ${BEGAN}: The image registry.example/risk cannot be pulled.`;
const secondsAfter = (seconds: number, began: string = BEGAN): number => Date.parse(began) + seconds * 1000;

function reported(message: string = words): readonly WorkflowNode[] {
  const inside = { boundaryID: "scenarios-1" };
  return [
    stepNode("market", "Succeeded"),
    ...attemptNodes("market", 1, { phase: "Succeeded", exitCode: 0 }),
    stepNode("scenarios", "Running"),
    ...attemptNodes("scenarios", 1, { phase: "Running" }).filter(({ type }) => type !== "Pod"),
    node("try-1", "run-scenarios", "Pod", "Failed", { ...inside, outputs: { exitCode: "21" }, message }),
    node("try-2", "run-scenarios", "Pod", "Running", { ...inside, startedAt: "2026-03-31T21:02:40Z" }),
  ];
}

function night(nodes: readonly WorkflowNode[] = reported()): Workflow {
  return nightWorkflow({ open: "yes", nodes });
}

function book(workflow: Workflow, now: number): RunBook {
  const runs = new RunBook();
  runs.noteSchedule(cron, now);
  runs.noteWorkflow(workflow, now);
  return runs;
}

function signals(workflow: Workflow, now: number): readonly Signal[] {
  return book(workflow, now)
    .views(now)
    .flatMap(({ runs }) =>
      runs.flatMap(({ facts, state }) =>
        state === undefined ? [] : troubleSignals(facts, state, { finishBy: finishByOf({ nights: [] }, facts) }, now),
      ),
    );
}

describe("a person is called for a step that cannot go on", () => {
  test("within five minutes, while its tries go on, with a command that is one", async () => {
    expect(signals(night(), secondsAfter(170))).toEqual([]);
    const [call, ...more] = signals(night(), secondsAfter(180));
    expect(more).toEqual([]);
    expect(call).toMatchObject({
      key: "trouble/scenarios/1/image/2026-03-31T21",
      kind: "trouble",
      step: "scenarios",
      since: BEGAN,
      reason:
        "scenarios: the image cannot be pulled in the customer's cluster since 2026-03-31 21:00 UTC. The image registry.example/risk cannot be pulled.",
      command: "nightlane show nordbank --night night-2026-03-31-run-1",
    });
    await expect(parseCommandLine(call?.command ?? "")).resolves.toBeUndefined();
  });

  test("at once where less than an hour is left", () => {
    const began = "2026-04-01T03:30:00Z";
    const late = night(reported(words.replace(BEGAN, began)));
    expect(signals(late, secondsAfter(151, began))).toHaveLength(1);
  });

  test("now and not in the morning, once little time is left", () => {
    const began = "2026-03-31T23:00:00Z";
    const lasting = night(reported(words.replace(BEGAN, began)));
    expect(signals(lasting, Date.parse("2026-04-01T02:59:00Z"))).not.toMatchObject([{ severity: "critical" }]);
    const [call] = signals(lasting, Date.parse("2026-04-01T03:00:01Z"));
    expect(call).toMatchObject({ severity: "critical", key: "trouble/scenarios/1/image/2026-03-31T23/urgent" });
  });

  test.each(["credential", "certificate", "unreachable"] as const)(
    "now and not in the morning, once %s has lasted for half an hour: it does not pass by itself",
    (kind) => {
      const lasting = night(reported(words.replace("TROUBLE image", `TROUBLE ${kind}`)));
      expect(signals(lasting, secondsAfter(1799))).toEqual([expect.not.objectContaining({ severity: "critical" })]);
      expect(signals(lasting, secondsAfter(1800))).toMatchObject([{ severity: "critical", labels: { kind } }]);
      const metrics = troubleMetrics([], signals(lasting, secondsAfter(1800)));
      expect(metrics.find(({ name }) => name === "nightlane_step_trouble_urgent")?.samples).toEqual([
        [{ customer: "nordbank", night: "night-2026-03-31-run-1", step: "scenarios", kind }, 1],
      ]);
    },
  );

  test("with the log of a driver that may hang", async () => {
    const idle = night(reported(words.replace("TROUBLE image", "TROUBLE idle")));
    const [call] = signals(idle, secondsAfter(300));
    expect(call?.command).toBe("nightlane logs nordbank scenarios --night night-2026-03-31-run-1 --follow");
    await expect(parseCommandLine(call?.command ?? "")).resolves.toBeUndefined();
  });

  test("and for a night whose calendar does not get to run", () => {
    const calendar = node("calendar", "calendar", "Pod", "Pending", {
      startedAt: BEGAN,
      message: "ImagePullBackOff: Back-off pulling image",
    });
    const [call] = signals(nightWorkflow({ nodes: [calendar] }), secondsAfter(240));
    expect(call).toMatchObject({ step: "calendar", key: "trouble/calendar/1/central-image/2026-03-31T21" });
  });
});

test("the metrics name the step and its trouble, and nothing once it is over", () => {
  const samples = (workflow: Workflow): readonly unknown[] =>
    troubleMetrics(book(workflow, secondsAfter(200)).views(secondsAfter(200)), []).map(({ name, samples }) => [
      name,
      samples,
    ]);
  const labels = { customer: "nordbank", night: "night-2026-03-31-run-1", step: "scenarios", kind: "image" };
  expect(samples(night())).toEqual([
    ["nightlane_step_trouble", [[labels, 1]]],
    ["nightlane_step_trouble_urgent", []],
    ["nightlane_step_trouble_since_timestamp_seconds", [[labels, Date.parse(BEGAN) / 1000]]],
    ["nightlane_step_long", []],
  ]);
  const over = night(reported("main: Error (exit code 21): OVER image: it is over, and the next try goes on."));
  expect(samples(over)[0]).toEqual(["nightlane_step_trouble", []]);
});

test("show and nights have a line of it", () => {
  const state = nightState(night(), secondsAfter(200));
  expect(
    renderNight(state, { title: "Nordbank AG", paint: plain, times: new Times(), now: secondsAfter(200) }).split("\n"),
  ).toEqual([
    expect.stringContaining("Nordbank AG"),
    expect.stringContaining("✓ market"),
    "  ▶ scenarios  running     21:00 UTC   3:20",
    "      the image cannot be pulled in the customer's cluster since 21:00 UTC",
    "      The image registry.example/risk cannot be pulled.",
    expect.stringContaining("sign-off"),
  ]);
  const [, trouble] = state.steps;
  const line = {
    customer: "nordbank",
    standing: "running",
    beside: [],
    active: [{ step: "scenarios", state: "running", trouble: trouble?.trouble }],
  } as const;
  expect(renderNights([line], { paint: plain, times: new Times(), now: secondsAfter(200) })).toContain(
    "scenarios: the image cannot be pulled in the customer's cluster since 21:00 UTC",
  );
});

test("a person is called for a step that runs three times as long as in the last nights", async () => {
  const runs = book(night(reported("main: Error (exit code 143): This pod was evicted.")), secondsAfter(60));
  for (const day of [28, 29, 30]) {
    const one = `2026-03-${day}T21:00:00Z`;
    const steps = [
      stepNode("scenarios", "Succeeded"),
      ...attemptNodes("scenarios", 1, { phase: "Succeeded", exitCode: 0 }),
    ];
    const nodes = steps.map((part) => ({
      ...part,
      startedAt: one,
      finishedAt: one.replace("21:00", "21:10"),
    }));
    const ended = nightWorkflow({ open: "yes", phase: "Succeeded", startedAt: one, finishedAt: one, nodes });
    runs.noteWorkflow({ ...ended, metadata: { ...ended.metadata, uid: `uid-${day}` } }, secondsAfter(60));
  }
  const called = (seconds: number): readonly Signal[] =>
    runs.views(secondsAfter(seconds)).flatMap((lane) => runningSignals(lane, new UrgentGates(), secondsAfter(seconds)));
  expect(called(29 * 60)).toEqual([]);
  const [call] = called(31 * 60);
  expect(call).toMatchObject({ kind: "long", key: "long/scenarios/1", step: "scenarios" });
  expect(call?.reason).toContain("which was 10:00");
  await expect(parseCommandLine(call?.command ?? "")).resolves.toBeUndefined();
});
