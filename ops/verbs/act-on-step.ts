import { type StepVerb, stepAct } from "../../runs/step-act.ts";
import { runningNight, stepOf } from "../choose-night.ts";
import { withCost } from "../forecast/hold-cost.ts";
import { laneOf } from "../lanes.ts";
import { awaitEffect } from "./effect.ts";
import { type Done, done, type VerbContext } from "./verb.ts";

/**
 * Asks for an act on one step of a running night, and waits until Argo has acted upon it. What the step's state does
 * not allow is said before anything is asked; nightwatch looks again when it carries the act out.
 * @throws Refusal where the state does not allow it
 */
export async function actOnStep(context: VerbContext, verb: StepVerb, customer: string, name: string): Promise<Done> {
  const { central, actor, choice, effectSeconds } = context;
  const lane = await laneOf(central, customer);
  const night = await runningNight(central, lane, choice);
  const step = stepOf(night, name);
  const { effect, reached } = stepAct(verb, step, customer);
  const { workflow: run, paused } = night.state;
  const about = { verb, night: run, step: name, attempt: step.attempts } as const;
  const asked = await actor.ask(lane, about, effectSeconds);
  if (actor.dryRun) {
    return done(asked, customer, true, verb === "hold" ? await withCost(context, night, effect, name) : effect);
  }
  if (reached !== undefined && !paused) {
    await awaitEffect(context, { lane, night, step }, effect, reached);
  }
  return done(asked, customer, false, paused && reached !== undefined ? `${effect} once the night is resumed` : effect);
}
