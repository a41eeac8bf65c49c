import { describe, expect, test } from "vitest";
import { type Attempt, isProof, makeAttempt } from "../../../boundary/attempt.ts";
import { edited } from "../../../boundary/object-edit.ts";
import { holds, lastLine, liveLines } from "../../../boundary/print-live.ts";

function attempt(refused: boolean, controlFailure?: string): Attempt {
  return {
    invariant: 22,
    actor: "runner of nordbank",
    what: "TCP to a runner of alpenkredit",
    make: async () => ({ refused, seen: refused ? "timed out" : "connected" }),
    controlled: "the same from a pod without restrictions",
    control: async () => controlFailure,
  };
}

describe("the live report", () => {
  test("counts what was refused and what had to work", async () => {
    const results = [await makeAttempt(attempt(true)), await makeAttempt(attempt(true))];
    const requirements = [{ actor: "runner of nordbank", what: "its own API server", failure: undefined }];
    expect(lastLine({ results, requirements })).toBe("attempts: 2 made, 2 refused, 3 positive controls passed");
    expect(holds({ results, requirements })).toBe(true);
  });

  test("does not hold if an attempt succeeds, and says which", async () => {
    const report = { results: [await makeAttempt(attempt(false))], requirements: [] };
    expect(holds(report)).toBe(false);
    expect(liveLines(report)[0]).toMatch(
      /^OPEN .*\[22\] runner of nordbank: TCP to a runner of alpenkredit -- connected/,
    );
    expect(lastLine(report)).toBe("attempts: 1 made, 0 refused, 1 positive controls passed");
  });

  test("takes no refusal for a proof whose control failed: the target may be dead", async () => {
    const result = await makeAttempt(attempt(true, "connection refused"));
    expect(isProof(result)).toBe(false);
    expect(holds({ results: [result], requirements: [] })).toBe(false);
    expect(liveLines({ results: [result], requirements: [] })[0]).toContain("FAILED: connection refused");
  });

  test("does not hold if something that must work does not, or if nothing was tried", async () => {
    const broken = { actor: "runner of nordbank", what: "its own API server", failure: "timed out" };
    expect(holds({ results: [await makeAttempt(attempt(true))], requirements: [broken] })).toBe(false);
    expect(holds({ results: [], requirements: [] })).toBe(false);
  });
});

describe("edited", () => {
  const pod = { spec: { containers: [{ image: "a" }] as { image: string }[], volumes: undefined as unknown } };

  test("changes a copy, in lists and in maps that are not there yet", () => {
    expect(edited(pod, "spec.containers.0.image", "b").spec.containers[0]).toEqual({ image: "b" });
    expect(edited(pod, "metadata.labels.x", "y")).toMatchObject({ metadata: { labels: { x: "y" } } });
    expect(pod.spec.containers[0]).toEqual({ image: "a" });
  });

  test("removes what becomes undefined, and takes keys with dots as steps", () => {
    expect(edited(pod, "spec.containers", undefined).spec).not.toHaveProperty("containers");
    expect(edited(pod, ["metadata", "labels", "a.b/c"], "x")).toMatchObject({ metadata: { labels: { "a.b/c": "x" } } });
  });
});
