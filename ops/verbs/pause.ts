import { changeWorkflow } from "../acts/change-workflow.ts";
import { runningNight } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { withCost } from "../forecast/hold-cost.ts";
import { laneOf } from "../lanes.ts";
import { type Done, done, placeOf, type VerbContext } from "./verb.ts";

/** Keeps a night from starting further steps; what runs goes on. */
export async function pause(context: VerbContext, customer: string): Promise<Done> {
  return setPaused(context, customer, true);
}

/** Lets a paused night start steps again. Steps that are held, or wait for a decision, stay so. */
export async function resume(context: VerbContext, customer: string): Promise<Done> {
  return setPaused(context, customer, false);
}

/** Only `spec.suspend` is changed: `argo resume` would also complete every step that waits for a person. */
async function setPaused(context: VerbContext, customer: string, paused: boolean): Promise<Done> {
  const lane = await laneOf(context.central, customer);
  const night = await runningNight(context.central, lane, context.choice);
  const verb = paused ? "pause" : "resume";
  if (night.state.paused === paused) {
    throw new OpsError(
      ExitCode.notPossible,
      `${verb}: ${night.state.workflow} of ${customer} ${paused ? "is paused already" : "is not paused"}`,
      paused ? undefined : `a step that waits for a person needs release, retry, skip or abort`,
    );
  }
  const act = await context.actor.act(verb);
  await changeWorkflow(placeOf(context, night), act, () => ({ spec: { suspend: paused ? true : null } }));
  const effect = paused
    ? "no further step starts; steps that run go on"
    : "steps start again; steps that wait for a person still do";
  return done(act, night, context.actor.dryRun, paused ? await withCost(context, night, effect) : effect);
}
