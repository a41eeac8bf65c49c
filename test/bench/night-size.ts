import { MOST_NIGHT_BYTES, MOST_STEPS, nightBytes } from "../../constructs/workflow/night-size.ts";
import { nightSpec } from "../../constructs/workflow/night-spec.ts";
import { loopedNight, type Shape } from "../support/looped-night.ts";

/** Sizes of nights of a loop over portfolios, and the most steps that the check lets through. */
function main(): void {
  const perStep = (shape: Shape, count: number): number =>
    Math.round(JSON.stringify(nightSpec(loopedNight(shape, count))).length / count);
  for (const shape of ["apart", "layers", "chain"] as const) {
    console.log(
      `${shape}: ${[50, 100, 200, 400].map((count) => `${count} steps ${perStep(shape, count)} B each`).join(", ")}`,
    );
  }
  const most = { layers: mostSteps("layers"), chain: mostSteps("chain") };
  console.log(
    `night-size: b_per_step_100=${perStep("layers", 100)} b_per_step_400=${perStep("layers", 400)} max_steps_layers=${most.layers} max_steps_chain=${most.chain}`,
  );
}

/** The most steps that Argo takes and whose night is not too large: by halves, since a night grows with its steps. */
function mostSteps(shape: Shape): number {
  let [fits, tooMany] = [1, MOST_STEPS + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    [fits, tooMany] = nightBytes(loopedNight(shape, middle)) <= MOST_NIGHT_BYTES ? [middle, tooMany] : [fits, middle];
  }
  return fits;
}

main();
