import { describe, expect, test } from "vitest";
import { checkNightSize } from "../../../../constructs/checks/check-night-size.ts";
import { MOST_NIGHT_BYTES, nightBytes } from "../../../../constructs/workflow/night-size.ts";
import { nightSpec } from "../../../../constructs/workflow/night-spec.ts";
import { customerWithSteps, smallSpark } from "../../../support/customer.ts";
import { loopedNight } from "../../../support/looped-night.ts";

describe("a night of a loop", () => {
  test("of 400 steps fits into Argo, in layers of 20 and in one chain", () => {
    expect(checkNightSize(loopedNight("layers", 400))).toEqual([]);
    expect(checkNightSize(loopedNight("chain", 400))).toEqual([]);
  });

  test("has one set of templates, however many its steps are", () => {
    const names = (count: number) => nightSpec(loopedNight("layers", count)).templates?.map(({ name }) => name);
    expect(names(100)).toEqual(names(1));
  });

  test("is refused past the limit, with the number that would fit", () => {
    const night = loopedNight("layers", 600);
    const [problem, ...more] = checkNightSize(night);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      property: "workflow.steps",
      received: `600 steps, ${nightBytes(night)} bytes in Argo`,
      rule: expect.stringContaining(`at most ${MOST_NIGHT_BYTES} bytes`),
    });
    const fits = Number(/about (\d+) such steps fit/.exec(problem?.mend ?? "")?.[1]);
    expect(checkNightSize(loopedNight("layers", fits))).toEqual([]);
    expect(fits).toBeGreaterThan(350);
  });
});

test("a step that is told more than Linux hands to a program is refused", () => {
  const args = Array.from({ length: 12 }, (_, index) => `${index}`.repeat(90_000));
  const night = customerWithSteps((one) => void one.spark("long", smallSpark({ args })));
  expect(checkNightSize(night).map(({ property }) => property)).toContain('workflow.steps["long"]');
});
