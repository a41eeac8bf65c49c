import { isNightly } from "../../runs/night-series.ts";
import { hasEnded } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import { mayRunOn, runsOn } from "../../runs/step-act.ts";
import { readNight } from "../choose-night.ts";
import { OpsError } from "../exit-code.ts";
import { actOnStep } from "./act-on-step.ts";
import type { Done, VerbContext } from "./verb.ts";

/** What became of the steps that were to be retried. */
export interface Retried {
  readonly done: readonly Done[];
  /** Why others were not. */
  readonly failed: readonly OpsError[];
}

/**
 * Retries every step that waits for a decision in a customer's running nights; further nights included, unless the name
 * narrows it down. Each is asked for, whatever becomes of the others, but for those whose command may still run.
 * @throws Refusal where none does
 */
export async function retryAll(context: VerbContext): Promise<Retried> {
  const { central, lane, choice } = context;
  const { customer } = lane;
  const running = (await central.heads(lane.namespace, isNightly(lane.series) ? undefined : lane.pipeline)).filter(
    ({ completed, name }) => !completed && (choice.night ?? name) === name,
  );
  const done: Done[] = [];
  const failed: OpsError[] = [];
  const retry = async (night: string, step: string): Promise<void> => {
    try {
      done.push(await actOnStep({ ...context, choice: { night } }, "retry", step));
    } catch (error) {
      if (!(error instanceof OpsError || error instanceof Refusal)) {
        throw error;
      }
      failed.push(error instanceof Refusal ? OpsError.ofRefusal(error) : error);
    }
  };
  const retries: Promise<void>[] = [];
  for (const { name } of running) {
    const { state } = await readNight(central, lane, name);
    const deciding = hasEnded(state) ? [] : state.steps.filter((step) => step.state === "deciding");
    // A person looks at each of these: no two commands may run beside each other.
    const left = deciding.filter(mayRunOn);
    failed.push(...left.map((step) => OpsError.ofRefusal(runsOn("retry --all", step, customer, name))));
    retries.push(...deciding.filter((step) => !mayRunOn(step)).map((step) => retry(name, step.name)));
  }
  await Promise.all(retries);
  if (retries.length + failed.length === 0) {
    throw new Refusal(
      "not-possible",
      `retry: no step of ${customer} waits for a decision`,
      `nightlane show ${customer} shows what its night waits for`,
    );
  }
  return { done, failed };
}
