import { describe, expect, test } from "vitest";
import { Refusal } from "../../../runs/refusal.ts";
import { RUNNER_EXIT } from "../../../runs/runner-exit.ts";
import { possibleActs, STEP_VERBS, type StepVerb, stepAct } from "../../../runs/step-act.ts";
import type { StepState, StepStatus } from "../../../runs/step-status.ts";

const STATES: readonly StepState[] = [
  "waiting",
  "held",
  "queued",
  "running",
  "confirming",
  "deciding",
  "retrying",
  "succeeded",
  "reused",
  "skipped",
  "omitted",
  "failed",
];

function step(state: StepState, more: Partial<StepStatus> = {}): StepStatus {
  return { name: "report", kind: "exec", after: [], state, attempts: 1, attemptLog: [], acts: [], ...more };
}

/** What each verb does in each state that allows it; a state that is not named refuses it. */
const ACTIONS: Readonly<Record<StepVerb, Readonly<Partial<Record<StepState, string>>>>> = {
  hold: { waiting: "ask yes", held: "nothing" },
  release: { held: "decide hold Succeeded RUN", confirming: "decide question Succeeded CONFIRMED" },
  retry: { deciding: "decide decision Succeeded RETRY", retrying: "decide decision Succeeded RETRY" },
  adopt: {},
  skip: {
    waiting: "ask skip",
    held: "decide hold Succeeded SKIP",
    deciding: "decide decision Succeeded SKIP",
    retrying: "decide decision Succeeded SKIP",
  },
  abort: {
    held: "decide hold Failed",
    deciding: "decide decision Failed",
    retrying: "decide decision Failed",
    confirming: "decide question Failed, and goes on",
  },
  stop: { running: "order" },
  restart: {
    running: "order, and goes on",
    deciding: "decide decision Succeeded RETRY",
    retrying: "decide decision Succeeded RETRY",
  },
};

describe("what a verb does to a step", () => {
  test.each(STEP_VERBS.flatMap((verb) => STATES.map((state) => [verb, state] as const)))(
    "%s of one that is %s",
    (verb, state) => {
      const expected = ACTIONS[verb][state];
      if (expected === undefined) {
        expect(() => stepAct(verb, step(state), "nordbank")).toThrow(Refusal);
        return;
      }
      const { action, goesOn } = stepAct(verb, step(state), "nordbank");
      const { kind, ...rest } = action;
      expect([kind, ...Object.values(rest)].join(" ") + (goesOn === true ? ", and goes on" : "")).toBe(expected);
    },
  );

  test("a hold that was asked for and is not reached yet can be released", () => {
    expect(stepAct("release", step("waiting", { asked: "hold" }), "nordbank").action).toEqual({
      kind: "ask",
      asked: "no",
    });
  });

  test.each([
    [20, "decide"],
    [30, "decide"],
    [undefined, "decide"],
    [10, "refused"],
    [11, "refused"],
    [40, "refused"],
  ])("the attempt of a Spark step that ended with %s can be gone on with: %s", (exitCode, expected) => {
    const last = { number: 2, phase: "Failed", runners: 1, ...(exitCode === undefined ? {} : { exitCode }) };
    const deciding = step("deciding", { kind: "spark", attempts: 3, attemptLog: [last] });
    if (expected === "refused") {
      expect(() => stepAct("adopt", deciding, "nordbank")).toThrow(Refusal);
      return;
    }
    const { action, effect } = stepAct("adopt", deciding, "nordbank");
    expect(action).toEqual({ kind: "decide", place: "decision", phase: "Succeeded", output: "ADOPT" });
    expect(effect).toContain("goes on with attempt 2");
    expect(stepAct("retry", deciding, "nordbank").effect).toBe("attempt 3 of report starts");
  });

  test.each(["deciding", "retrying"] as const)(
    "restarts nothing of one that is %s beside a command that may still run, and leaves that to a plain retry",
    (state) => {
      const last = { number: 1, phase: "Failed", runners: 1, exitCode: RUNNER_EXIT.LOST };
      const lost = step(state, { attemptLog: [last] });
      const refusal = new Refusal(
        "not-possible",
        "restart: the command of report of nordbank may still run, and a new attempt would run it a second time beside it",
        'nightlane show nordbank says where; once it has ended, nightlane retry nordbank report --reason "..."',
      );
      expect(() => stepAct("restart", lost, "nordbank")).toThrow(refusal);
      expect(() => stepAct("restart", lost, "nordbank")).toThrow(expect.objectContaining({ remedy: refusal.remedy }));
      expect(stepAct("retry", lost, "nordbank").effect).toBe("attempt 2 of report starts");
      const ended = { ...last, exitCode: RUNNER_EXIT.CANCELLED };
      for (const other of [{ attemptLog: [ended] }, { kind: "spark" }, { kind: "copy-in" }]) {
        expect(stepAct("restart", { ...lost, ...other }, "nordbank").effect).toBe("attempt 2 of report starts");
      }
    },
  );

  test("what is offered of a step that waits keeps most of the work first, and is never refused", () => {
    const verbs = (status: StepStatus): readonly string[] => possibleActs(status).map(({ verb }) => verb);
    const attempt = (exitCode: number) => ({ number: 1, phase: "Failed", runners: 1, exitCode });
    const unsure = step("deciding", { kind: "spark", attemptLog: [attempt(20)] });
    expect(verbs(unsure)).toEqual(["adopt", "retry", "skip", "abort"]);
    expect(verbs({ ...unsure, attemptLog: [attempt(10)] })).toEqual(["retry", "skip", "abort"]);
    expect(verbs(step("deciding", { kind: "gate", approval: { people: 2, by: [] } }))).toEqual(["retry", "abort"]);
    expect(verbs(step("held"))).toEqual(["release", "skip", "abort"]);
    expect(verbs(step("confirming"))).toEqual(["release", "abort"]);
    expect(verbs(step("succeeded"))).toEqual([]);
  });

  test.each(["exec", "spark"])(
    "of a running step of kind %s, no more is promised than that its end is asked for",
    (kind) => {
      const running = step("running", { kind });
      expect(stepAct("stop", running, "nordbank").effect).toBe(
        "the runner of report is told to cancel its remote work, and report then waits for a decision: retry, skip or abort",
      );
      expect(stepAct("restart", running, "nordbank").effect).toBe(
        "the runner of report is told to cancel its remote work, and attempt 2 starts once that has ended",
      );
    },
  );

  test("a refusal offers to adopt what has ended well, not only what still runs", () => {
    const deciding = step("deciding", { kind: "spark", decisions: ["RETRY", "ADOPT", "SKIP"] });
    const remedy =
      'adopt nordbank report --reason "..." if its remote Job still runs or has ended well, nightlane retry';
    expect(() => stepAct("hold", deciding, "nordbank")).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining(remedy) }),
    );
  });

  test("a night of an earlier release, which would begin the work again, refuses to adopt and says why", () => {
    const deciding = (decisions: readonly string[]): StepStatus => step("deciding", { kind: "spark", decisions });
    expect(stepAct("adopt", deciding(["RETRY", "ADOPT", "SKIP"]), "nordbank").action).toMatchObject({
      output: "ADOPT",
    });
    const refused = (): unknown => stepAct("adopt", deciding(["RETRY", "SKIP"]), "nordbank");
    expect(refused).toThrow(/deployed by an earlier release, which knows no more than RETRY and SKIP$/);
    expect(refused).toThrow(expect.objectContaining({ remedy: expect.not.stringContaining("adopt") }));
  });

  test("a refusal says what the step is doing and which commands are possible", () => {
    const refused = (): unknown => stepAct("retry", step("running"), "nordbank");
    expect(refused).toThrow("retry: report of nordbank is running");
    expect(refused).toThrow(
      expect.objectContaining({
        kind: "not-possible",
        remedy: expect.stringContaining("nightlane stop nordbank report"),
      }),
    );
  });
});
