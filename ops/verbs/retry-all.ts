import { isNightly } from "../../runs/night-series.ts";
import { hasEnded } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import { readNight } from "../choose-night.ts";
import { laneOf } from "../lanes.ts";
import { actOnStep } from "./act-on-step.ts";
import type { Done, VerbContext } from "./verb.ts";

/**
 * Retries every step that waits for a decision in a customer's running nights, one after the other; further nights
 * included, unless the name narrows it down.
 * @throws Refusal where none does
 */
export async function retryAll(context: VerbContext, customer: string): Promise<readonly Done[]> {
  const { central, choice } = context;
  const lane = await laneOf(central, customer);
  const running = (await central.heads(lane.namespace, isNightly(lane.series) ? undefined : lane.pipeline)).filter(
    ({ completed, name }) => !completed && (choice.night ?? name) === name,
  );
  const done: Done[] = [];
  for (const { name } of running) {
    const { state } = await readNight(central, lane, name);
    const deciding = hasEnded(state) ? [] : state.steps.filter((step) => step.state === "deciding");
    for (const step of deciding) {
      done.push(await actOnStep({ ...context, choice: { night: name } }, "retry", customer, step.name));
    }
  }
  if (done.length === 0) {
    throw new Refusal(
      "not-possible",
      `retry: no step of ${customer} waits for a decision`,
      `nightlane show ${customer} shows what its night waits for`,
    );
  }
  return done;
}
