import { describe, expect, test } from "vitest";
import { checkNightSize } from "../../../../constructs/checks/check-night-size.ts";
import { MOST_NIGHT_BYTES, MOST_STEPS, nightBytes } from "../../../../constructs/workflow/night-size.ts";
import { nightSpec } from "../../../../constructs/workflow/night-spec.ts";
import { customerWithSteps, smallSpark } from "../../../support/customer.ts";
import { loopedNight } from "../../../support/looped-night.ts";

describe("a night of a loop", () => {
  test("of 400 steps fits into Argo, in layers of 20 and in one chain", () => {
    expect(checkNightSize(loopedNight("layers", MOST_STEPS))).toEqual([]);
    expect(checkNightSize(loopedNight("chain", MOST_STEPS))).toEqual([]);
  });

  test("of more steps is refused: the API server checks no more tasks in one graph", () => {
    expect(checkNightSize(loopedNight("chain", MOST_STEPS + 1))).toMatchObject([
      { property: "workflow.steps", received: "401 steps", rule: expect.stringContaining("at most 400 steps") },
    ]);
  });

  test("has one set of templates, however many its steps are", () => {
    const names = (count: number) => nightSpec(loopedNight("layers", count)).templates?.map(({ name }) => name);
    expect(names(100)).toEqual(names(1));
  });

  test.each([
    [50, 8000],
    [7, 60_000],
    [200, 2000],
  ])("of %i steps with %i bytes of arguments each is refused: Argo keeps them with every attempt", (count, length) => {
    const long = customerWithSteps((night) => {
      for (let step = 0; step < count; step += 1) {
        night.spark(`step-${step}`, smallSpark({ args: ["--ids", `${step}-`.repeat(length).slice(0, length)] }));
      }
    });
    expect(checkNightSize(long).map(({ property }) => property)).toContain("workflow.steps");
  });

  test("of steps that share nothing is refused past what Argo can hold, with the number that would fit", () => {
    const different = (count: number) =>
      customerWithSteps((night) => {
        for (let step = 0; step < count; step += 1) {
          night.spark(`step-${step}`, smallSpark({ env: { NUMBER: `${step}` } }));
        }
      });
    const [problem, ...more] = checkNightSize(different(150));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      property: "workflow.steps",
      received: `150 steps, ${nightBytes(different(150))} bytes in Argo`,
      rule: expect.stringContaining(`at most ${MOST_NIGHT_BYTES} bytes`),
    });
    const fits = Number(/about (\d+) such steps fit/.exec(problem?.fix ?? "")?.[1]);
    expect(checkNightSize(different(fits))).toEqual([]);
    expect(fits).toBeGreaterThan(50);
  });
});

test("a step with more input than Linux passes to a program is refused", () => {
  const args = Array.from({ length: 12 }, (_, index) => `${index}`.repeat(90_000));
  const night = customerWithSteps((one) => void one.spark("long", smallSpark({ args })));
  expect(checkNightSize(night).map(({ property }) => property)).toContain('workflow.steps["long"]');
});
