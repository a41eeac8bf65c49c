import { describe, expect, test } from "vitest";
import { findCycle } from "../../../../constructs/checks/find-cycle.ts";
import { Step } from "../../../../constructs/night/step.ts";
import { SeededRandom } from "../../../support/random.ts";

function step(name: string, ...after: Step[]): Step {
  return new Step(name, { kind: "gate", options: { after } });
}

describe("findCycle", () => {
  test("finds none in a diamond", () => {
    const first = step("first");
    const left = step("left", first);
    const right = step("right", first);
    expect(findCycle([first, left, right, step("last", left, right)])).toBeUndefined();
  });

  test("finds a step that waits for itself", () => {
    const alone = step("alone");
    alone.runsAfter(alone);
    expect(findCycle([alone])).toEqual([alone, alone]);
  });

  test("shows only the cycle, not the way to it", () => {
    const a = step("a");
    const b = step("b", a);
    a.runsAfter(b);
    const path = findCycle([step("behind", b), a, b])?.map(({ name }) => name);
    expect(path === undefined ? undefined : [...new Set(path)].sort()).toEqual(["a", "b"]);
    expect(path?.[0]).toBe(path?.at(-1));
  });

  test("finds one exactly where a random graph has one, and every edge of it exists", () => {
    const random = new SeededRandom(20260331);
    for (let round = 0; round < 300; round++) {
      const steps = Array.from({ length: 1 + random.below(7) }, (_, index) => step(`s${index}`));
      for (const one of steps) {
        one.runsAfter(...steps.filter(() => random.next() < 0.2));
      }
      const cycle = findCycle(steps);
      expect(cycle !== undefined).toBe(!canBeOrdered(steps));
      cycle?.slice(1).forEach((later, index) => {
        expect(later.after).toContain(cycle[index]);
      });
    }
  });
});

/** Whether taking away steps that wait for nothing ends with none left. */
function canBeOrdered(steps: readonly Step[]): boolean {
  let left = steps;
  for (;;) {
    const waiting = left.filter((one) => one.after.some((upstream) => left.includes(upstream)));
    if (waiting.length === left.length) {
      return left.length === 0;
    }
    left = waiting;
  }
}
