import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { briefWorkflow } from "../../../nightwatch/brief.ts";
import { renderNight } from "../../../ops/render-night.ts";
import { plain } from "../../../ops/text/paint.ts";
import { actAnnotation } from "../../../runs/act.ts";
import { type NightControl, nightState } from "../../../runs/night-state.ts";
import { MOST_UNPACKED_BYTES } from "../../../runs/nodes.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import { NEVER_RAN, type StepStatus } from "../../../runs/step-status.ts";
import { Times } from "../../../runs/times.ts";
import { waitingNode as nodeAt } from "../../../runs/waiting-node.ts";
import type { Workflow, WorkflowNode } from "../../../runs/workflow.ts";
import { recordedNight } from "../../support/argo-requests.ts";
import {
  attemptNodes,
  type NightParts,
  nightWorkflow,
  node,
  stepNode,
  waitingNode,
} from "../ops/support/night-workflow.ts";

const NOW = Date.parse("2026-03-31T21:10:00Z");
const LOOK = { title: "Nordbank AG", paint: plain, times: new Times(), now: NOW } as const;

function packed(text: string): string {
  return gzipSync(text).toString("base64");
}

function step(name: string, parts: NightParts, control: NightControl = {}): StepStatus {
  const found = nightState(nightWorkflow({ open: "yes", ...parts }), NOW, control).steps.find(
    (one) => one.name === name,
  );
  if (found === undefined) {
    throw new Error(`no step ${name}`);
  }
  return found;
}

describe("a step", () => {
  test("waits until the night reaches it, and says what was asked for it", () => {
    expect(step("scenarios", {})).toMatchObject({ state: "waiting", after: ["market"], attempts: 0 });
    expect(step("scenarios", {}, { "hold.scenarios": "yes" })).toMatchObject({ asked: "hold" });
    expect(step("scenarios", {}, { "hold.scenarios": "skip" })).toMatchObject({ asked: "skip" });
    expect(step("scenarios", {}, { "hold.scenarios": "no" })).not.toHaveProperty("asked");
  });

  test("is held", () => {
    const nodes = [
      stepNode("scenarios", "Running"),
      waitingNode("hold", "hold", "scenarios", "Running", "step-scenarios"),
    ];
    expect(step("scenarios", { nodes })).toMatchObject({ state: "held", waitingSince: "2026-03-31T21:00:00Z" });
  });

  test("is held, and reuses, in a night of a template with the former names, kept for replays", () => {
    const inputs = { parameters: [{ name: "job", value: "scenarios" }] };
    const held = node("gate", "gate", "Suspend", "Running", { inputs, boundaryID: "step-scenarios" });
    const nodes = [stepNode("scenarios", "Running"), held];
    expect(step("scenarios", { nodes })).toMatchObject({ state: "held" });
    expect(nodeAt(nightWorkflow({ open: "yes", nodes }), "scenarios", "hold")).toEqual(held);
    const reuse = node("reuse-1", "reuse", "Retry", "Succeeded", { inputs });
    expect(step("scenarios", { nodes: [stepNode("scenarios", "Succeeded"), reuse] })).toMatchObject({
      state: "reused",
    });
  });

  test("runs, with the name of its job in the customer's cluster", () => {
    const nodes = [stepNode("scenarios", "Running"), ...attemptNodes("scenarios", 1, { phase: "Running" })];
    expect(step("scenarios", { nodes })).toMatchObject({
      state: "running",
      seconds: 600,
      attemptLog: [
        { number: 1, phase: "Running", runners: 1, remoteJob: expect.stringMatching(/^nl-scenarios-[0-9a-f]{12}$/) },
      ],
    });
  });

  test("waits for a place in its group, and starts with its first runner", () => {
    const lock = "customer-nordbank/ConfigMap/at-once-desks-8/places";
    const [attempt, run] = attemptNodes("scenarios", 1, { phase: "Running" });
    const waiting = {
      ...run,
      phase: "Pending",
      message: `Waiting for ${lock} lock. Lock status: 0/8`,
      synchronizationStatus: { waiting: lock },
    } as WorkflowNode;
    const nodes = [stepNode("scenarios", "Running"), ...(attempt === undefined ? [] : [attempt]), waiting];
    const queued = step("scenarios", { nodes });
    expect(queued).toMatchObject({ state: "queued", places: { group: "desks", atOnce: 8 } });
    expect(queued).not.toHaveProperty("message");
    expect(queued.attemptLog[0]).not.toHaveProperty("message");
    const workflow = nightWorkflow({ open: "yes", nodes });
    for (const read of [workflow, briefWorkflow(workflow)]) {
      expect(renderNight(nightState(read, NOW), LOOK)).toMatch(
        /scenarios +queued .*waits for one of the 8 places of desks/,
      );
    }
  });

  test("that failed waits for a decision, with the runner's own words", () => {
    const failed = { phase: "Failed", exitCode: 10, message: "Job nl-scenarios failed", hold: "Running" } as const;
    const nodes = [stepNode("scenarios", "Running"), ...attemptNodes("scenarios", 1, failed)];
    expect(step("scenarios", { nodes })).toMatchObject({
      state: "deciding",
      message: "Job nl-scenarios failed",
      attemptLog: [{ exitCode: 10, message: "Job nl-scenarios failed" }],
    });
  });

  test("that is retried counts its attempts", () => {
    const nodes = [
      stepNode("scenarios", "Running"),
      ...attemptNodes("scenarios", 2, { phase: "Running", within: "scenarios-1" }),
      ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, hold: "Succeeded" }),
    ];
    expect(step("scenarios", { nodes })).toMatchObject({
      state: "running",
      attempts: 2,
      attemptLog: [{ number: 1 }, { number: 2 }],
    });
  });

  test("goes on by itself after a pause, and says when and which attempt that is", () => {
    const failed = { phase: "Failed", exitCode: 11, message: "Job nl-scenarios failed" } as const;
    const pausing = attemptNodes("scenarios", 1, { ...failed, hold: "Running", pause: { seconds: "900", of: "3" } });
    const shown = { nodes: [stepNode("scenarios", "Running"), ...pausing] };
    expect(step("scenarios", shown)).toMatchObject({
      state: "retrying",
      attempts: 1,
      further: { attempt: 2, of: 3, at: "2026-03-31T21:15:00.000Z" },
      message: "Job nl-scenarios failed",
    });
    expect(step("scenarios", shown)).not.toHaveProperty("waitingSince");
    expect(renderNight(nightState(nightWorkflow({ open: "yes", ...shown }), NOW), LOOK)).toContain(
      "is tried again by itself at 21:15 UTC (2 of 3)",
    );
    const over = attemptNodes("scenarios", 1, { ...failed, hold: "Succeeded", pause: { seconds: "900", of: "3" } });
    const second = attemptNodes("scenarios", 2, { phase: "Running", within: "scenarios-1" });
    const running = step("scenarios", { nodes: [stepNode("scenarios", "Running"), ...over, ...second] });
    expect(running).toMatchObject({ state: "running", attempts: 2, further: { attempt: 2, of: 3 } });
    expect(running.further).not.toHaveProperty("at");
  });

  test("waits for a person after an end that its file does not name, and after its last attempt of itself", () => {
    const failed = { phase: "Failed", exitCode: 10, hold: "Running", pause: { seconds: "", of: "3" } } as const;
    const first = attemptNodes("scenarios", 1, failed);
    const deciding = step("scenarios", { nodes: [stepNode("scenarios", "Running"), ...first] });
    expect(deciding).toMatchObject({ state: "deciding", waitingSince: "2026-03-31T21:00:00Z" });
    expect(deciding).not.toHaveProperty("further");
    const decided = attemptNodes("scenarios", 1, { ...failed, hold: "Succeeded" });
    const retried = attemptNodes("scenarios", 2, { phase: "Running", within: "scenarios-1" });
    const running = step("scenarios", { nodes: [stepNode("scenarios", "Running"), ...decided, ...retried] });
    expect(running).not.toHaveProperty("further");
  });

  test("that a person left out ended well, but is not a success", () => {
    const nodes = [
      stepNode("scenarios", "Succeeded"),
      ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, hold: "Succeeded" }),
    ];
    expect(step("scenarios", { nodes })).toMatchObject({ state: "skipped" });
  });

  test("behind one that failed is omitted, which needs no words of Argo's", () => {
    const omitted = stepNode("scenarios", "Omitted", { message: "omitted: depends condition not met" });
    expect(step("scenarios", { nodes: [omitted] })).toMatchObject({ state: "omitted" });
    expect(step("scenarios", { nodes: [omitted] })).not.toHaveProperty("message");
  });

  test("has the message of Argo's own error in its attempt", () => {
    const [attempt] = attemptNodes("scenarios", 1, { phase: "Error" });
    const nodes = [stepNode("scenarios", "Error"), { ...attempt, message: "Ancestor task node run not found" }];
    expect(step("scenarios", { nodes: nodes as WorkflowNode[] })).toMatchObject({
      state: "failed",
      message: "Ancestor task node run not found",
    });
  });

  test("that Argo calls done is failed where no runner of it ran, and so is its night", () => {
    const [attempt] = attemptNodes("scenarios", 1, { phase: "Succeeded" });
    const nodes = [stepNode("scenarios", "Succeeded"), attempt] as WorkflowNode[];
    const night = nightState(nightWorkflow({ open: "yes", phase: "Succeeded", nodes }), NOW);
    expect(night.steps.find(({ name }) => name === "scenarios")).toMatchObject({ state: "failed", message: NEVER_RAN });
    expect(night).toMatchObject({ phase: "Failed", message: `scenarios: ${NEVER_RAN}` });
  });

  test("that asks a person is confirming", () => {
    const attempt = node("sign-off-1", "attempt-sign-off", "DAG", "Running", {
      boundaryID: "step-sign-off",
      inputs: { parameters: [{ name: "attempt", value: "1" }] },
    });
    const question = waitingNode("question", "run-sign-off", "sign-off", "Running", "sign-off-1");
    expect(step("sign-off", { nodes: [stepNode("sign-off", "Running"), attempt, question] })).toMatchObject({
      kind: "gate",
      state: "confirming",
    });
  });

  test("that reuses earlier results is not an attempt", () => {
    const reuse = node("reuse-1", "reuse", "Retry", "Succeeded", {
      inputs: { parameters: [{ name: "step", value: "scenarios" }] },
      outputs: { parameters: [{ name: "results", value: "{}" }] },
    });
    expect(step("scenarios", { nodes: [stepNode("scenarios", "Succeeded"), reuse] })).toMatchObject({
      state: "reused",
      attempts: 0,
      attemptLog: [{ number: 0, results: "{}" }],
    });
  });
});

describe("a night", () => {
  test("knows its business date from its parameter, or from the calendar", () => {
    expect(nightState(nightWorkflow(), NOW)).toMatchObject({ businessDate: "2026-03-31", runNumber: 1 });
    const auto = nightWorkflow({ parameters: { "business-date": "auto", "scheduled-time": "2026-03-31T20:30:00Z" } });
    expect(nightState(auto, NOW)).not.toHaveProperty("businessDate");
    expect(
      nightState({ ...auto, status: { ...auto.status, ...nightWorkflow({ open: "yes" }).status } }, NOW),
    ).toMatchObject({
      businessDate: "2026-03-31",
      scheduledAt: "2026-03-31T20:30:00Z",
    });
  });

  test("is read also where Argo has compressed its nodes", () => {
    const whole = nightWorkflow({ open: "yes", nodes: [stepNode("market", "Running")] });
    const { nodes, ...status } = whole.status ?? {};
    const compressedNodes = packed(JSON.stringify(nodes));
    expect(nightState({ ...whole, status: { ...status, compressedNodes } }, NOW)).toEqual(nightState(whole, NOW));
  });

  test.each<[string, string, string]>([
    ["a bomb", packed(`{"a":"${" ".repeat(MOST_UNPACKED_BYTES)}"}`), "are more than 32 MiB unpacked"],
    ["no gzip", "bm8gZ3ppcA==", "cannot be unpacked: Z_DATA_ERROR"],
    ["gzip that breaks off", packed('{"a":{}}').slice(0, 20), "cannot be unpacked: Z_BUF_ERROR"],
    ["no JSON", packed("{"), "are not a JSON object"],
    ["null", packed("null"), "are not a JSON object"],
  ])("is refused where its packed nodes are %s", (_, compressedNodes, reason) => {
    const night = { ...nightWorkflow(), status: { compressedNodes } };
    expect(() => nightState(night, NOW)).toThrow(`the packed nodes of ${night.metadata.name} ${reason}`);
  });

  test("says kindly what to do where its nodes lie in a database", () => {
    const offloaded = { ...nightWorkflow(), status: { offloadNodeStatusVersion: "fnv:1" } };
    expect(() => nightState(offloaded, NOW)).toThrow("kept in a database");
  });

  test("is shown as text, with who decided what", () => {
    const act = {
      id: "20260331210500000-0a1b2c",
      by: "anna",
      verb: "retry",
      step: "scenarios",
      reason: "quota raised",
      at: "2026-03-31T21:05:00.000Z",
    } as const;
    const nodes = [
      stepNode("market", "Succeeded", { finishedAt: "2026-03-31T21:01:00Z" }),
      ...attemptNodes("market", 1, { phase: "Succeeded", exitCode: 0 }),
      stepNode("scenarios", "Running"),
      ...attemptNodes("scenarios", 1, { phase: "Failed", exitCode: 10, message: "out of memory", hold: "Succeeded" }),
      ...attemptNodes("scenarios", 2, { phase: "Running" }),
    ];
    const night = nightState(nightWorkflow({ open: "yes", nodes, annotations: actAnnotation(act) }), NOW);
    const text = renderNight(night, {
      title: "Nordbank AG",
      paint: plain,
      times: new Times(),
      now: NOW,
      zone: "Europe/Berlin",
      details: true,
    });
    expect(text.split("\n")).toEqual([
      "Nordbank AG  2026-03-31  Running  1/3 steps  22:30 CEST (40:00)",
      "  ✓ market     succeeded   23:00 CEST  1:00",
      "  ▶ scenarios  running     23:00 CEST  10:00    attempt 2",
      expect.stringMatching(/^ {6}attempt 1: failed, exit code 10 {2}nl-scenarios-/),
      expect.stringMatching(/^ {6}attempt 2: running {2}nl-scenarios-/),
      "      23:05 CEST anna retry: quota raised",
      "  · sign-off   waiting                          after scenarios",
    ]);
  });

  test("says so on a day that is not a business day", () => {
    const night = nightState(nightWorkflow({ open: "no", phase: "Succeeded" }), NOW);
    expect(renderNight(night, LOOK)).toContain("no night (not a business day): the steps are skipped");
  });

  test("says why there is no night, where the calendar gave a reason", () => {
    const day = { "half-day": "no", reason: "Good Friday" } as const;
    const night = nightState(nightWorkflow({ open: "no", day, phase: "Succeeded" }), NOW);
    expect(night).toMatchObject({ open: false, dayReason: "Good Friday" });
    expect(renderNight(night, LOOK)).toContain("no night (Good Friday): the steps are skipped");
  });

  test("says that a day is a half day, and nothing of an ordinary one", () => {
    const day = { "half-day": "yes", reason: "Christmas Eve" } as const;
    const half = nightState(nightWorkflow({ open: "yes", day }), NOW);
    expect(half).toMatchObject({ open: true, halfDay: true, dayReason: "Christmas Eve" });
    expect(renderNight(half, LOOK).split("\n")[1]).toBe("  half day: Christmas Eve");
    const full = nightState(nightWorkflow({ open: "yes", day: { "half-day": "no", reason: "" } }), NOW);
    expect(full).not.toHaveProperty("halfDay");
    expect(full).not.toHaveProperty("dayReason");
  });
});

describe("a night that its schedule started", () => {
  test("is due when Argo says, whose parameter is still the expression for it", () => {
    const [submitted] = recordedNight().requests.filter(
      ({ verb, resource }) => verb === "create" && resource === "workflows",
    );
    const sent = submitted?.body as unknown as Workflow;
    const workflow = { ...sent, metadata: { ...sent.metadata, namespace: recordedNight().namespace } };
    expect(workflow.spec.arguments?.parameters).toContainEqual({
      name: "scheduled-time",
      value: "{{workflow.scheduledTime}}",
    });
    const due = new Date(Number(/\d+$/.exec(recordedNight().workflow)?.[0]) * 1000).toISOString().replace(".000Z", "Z");
    expect(nightState(workflow, Date.now())).toMatchObject({ scheduledAt: due });
    const facts = runFacts(briefWorkflow(workflow), undefined, Date.now());
    expect(facts).toMatchObject({ purpose: "schedule", scheduledAt: due, parameters: { "scheduled-time": due } });
  });
});
