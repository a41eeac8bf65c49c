import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stepTrouble, TROUBLES, troubleText } from "../../../runs/trouble.ts";
import type { WorkflowNode } from "../../../runs/workflow.ts";

const LIMIT = 8;
const at = (minute: number, second = 0): string =>
  new Date(Date.UTC(2026, 2, 31, 21, minute, second)).toISOString().replace(".000", "");
const now = (minute: number, second = 0): number => Date.parse(at(minute, second));

/** One try, as the controller records it: what the runner left as its last words stands behind the container's name. */
function ended(from: number, to: number, exitCode: number, words: string): WorkflowNode {
  return pod(from, "Failed", {
    finishedAt: at(to),
    outputs: { exitCode: String(exitCode) },
    message: `main: Error (exit code ${exitCode}): ${words}`,
  });
}

function pod(from: number, phase: NonNullable<WorkflowNode["phase"]>, more: Partial<WorkflowNode> = {}): WorkflowNode {
  const id = `try-${from}`;
  return { id, name: id, displayName: id, type: "Pod", phase, startedAt: at(from), ...more };
}

const unreachable = ended(0, 3, 21, "TROUBLE unreachable since 2026-03-31T21:00:30Z: The API server is away.");
const over = ended(4, 20, 21, "OVER unreachable: it is over, and the next try goes on.");

describe("what a runner has reported", () => {
  test("stands while the next try goes on, however long that takes", () => {
    const found = stepTrouble([unreachable, pod(3, "Running")], LIMIT, now(55));
    expect(found).toEqual({
      kind: "unreachable",
      since: "2026-03-31T21:00:30Z",
      sentence: "The API server is away.",
      tries: 1,
      of: 8,
    });
  });

  test("stands in the pause between two tries", () => {
    expect(stepTrouble([unreachable], LIMIT, now(4))).toMatchObject({ kind: "unreachable" });
  });

  test("is over when the runner says so", () => {
    expect(stepTrouble([unreachable, over, pod(21, "Running")], LIMIT, now(22))).toBeUndefined();
  });

  test("stands through tries that fail, and counts them without the reports", () => {
    const failed = ended(4, 34, 20, "away for 1800 s, longer than the budget");
    const found = stepTrouble([unreachable, failed, pod(35, "Running")], LIMIT, now(36));
    expect(found).toMatchObject({ kind: "unreachable", tries: 2, of: 8 });
    expect(found && troubleText(found)).toBe("cannot reach the customer's cluster since 21:00Z, try 2 of 8");
  });

  test("is the last one where one trouble follows another", () => {
    const image = ended(4, 9, 21, "TROUBLE image since 2026-03-31T21:06:00Z: The image cannot be pulled: not found.");
    expect(stepTrouble([unreachable, image, pod(9, "Running")], LIMIT, now(10))).toMatchObject({
      kind: "image",
      since: "2026-03-31T21:06:00Z",
    });
  });

  test("of a kind that this program does not know is shown all the same", () => {
    const other = ended(0, 3, 21, "TROUBLE moon-phase since 2026-03-31T21:00:30Z: The moon is full.");
    expect(stepTrouble([other], LIMIT, now(4))).toMatchObject({ kind: "retrying", sentence: "The moon is full." });
  });

  test.each([
    ["a kind that only the word prototype explains", "TROUBLE constructor since 2026-03-31T21:00:30Z: x", "retrying"],
    ["a time that is none", "TROUBLE image since yesterday: x", undefined],
    ["words in the middle of a sentence", "it said TROUBLE image since 2026-03-31T21:00:30Z: x", undefined],
  ])("with %s reads as %#", (_, words, kind) => {
    expect(stepTrouble([ended(0, 3, 21, words)], LIMIT, now(4))?.kind).toBe(kind);
  });
});

describe("tries that fail at once", () => {
  const failed = (from: number): WorkflowNode => ended(from, from, 20, "The lane's volume does not take the files.");

  test("are trouble since the first of them", () => {
    expect(stepTrouble([failed(0), failed(1), failed(2)], LIMIT, now(3))).toEqual({
      kind: "retrying",
      since: at(0),
      sentence: "main: Error (exit code 20): The lane's volume does not take the files.",
      tries: 3,
      of: 9,
    });
  });

  test("are over once a try has got past what ended them", () => {
    expect(stepTrouble([failed(0), pod(1, "Running")], LIMIT, now(2))).toBeDefined();
    expect(stepTrouble([failed(0), pod(1, "Running")], LIMIT, now(4))).toBeUndefined();
  });
});

describe("interruptions", () => {
  const evicted = (from: number): WorkflowNode => ended(from, from + 1, 143, "This pod was evicted.");
  const deleted = (from: number): WorkflowNode =>
    pod(from, "Error", { finishedAt: at(from + 1), message: "pod deleted" });

  test("of a node that is drained are no trouble", () => {
    expect(stepTrouble([evicted(0), evicted(2), pod(3, "Running")], LIMIT, now(4))).toBeUndefined();
  });

  test("that do not stop are", () => {
    const pods = [evicted(0), deleted(2), deleted(4), pod(5, "Running")];
    expect(stepTrouble(pods, LIMIT, now(6))).toMatchObject({ kind: "interrupted", since: at(1), tries: 4 });
    expect(stepTrouble(pods, LIMIT, now(20))).toBeUndefined();
  });
});

describe("a runner's pod that does not start in the central cluster", () => {
  test.each([
    ["ImagePullBackOff: Back-off pulling image", "central-image"],
    ['pods "night-1" is forbidden: exceeded quota: lane', "central-quota"],
    ["Unschedulable: 0/3 nodes are available", "central-node"],
    ["ContainerCreating", "central-start"],
  ])("%s is %s", (message, kind) => {
    const pending = pod(0, "Pending", { message });
    expect(stepTrouble([pending], LIMIT, now(1))).toBeUndefined();
    expect(stepTrouble([pending], LIMIT, now(3))).toMatchObject({ kind, since: at(0) });
  });
});

test("the runner's kinds and this program's are the same", () => {
  const source = readFileSync("runner/src/nightlane_runner/trouble.py", "utf8");
  const kinds = [...source.matchAll(/^ {4}[A-Z_]+ = "([a-z-]+)"$/gm)].map(([, kind = ""]) => kind);
  expect(kinds.length).toBeGreaterThan(10);
  expect(Object.keys(TROUBLES)).toEqual(expect.arrayContaining(kinds));
});
