import { decideNode } from "../acts/change-workflow.ts";
import { awaitEffect } from "./effect.ts";
import { ask } from "./hold.ts";
import { type Done, done, notPossible, targetOf, type VerbContext, whenResumed } from "./verb.ts";
import { waitingGate, waitingQuestion } from "./waiting-nodes.ts";

/** Lets a held step start, takes back a hold that was not reached yet, or confirms a gate step. */
export async function release(context: VerbContext, customer: string, name: string): Promise<Done> {
  const target = await targetOf(context, customer, name);
  const { step, place, night } = target;
  const { dryRun } = context.actor;
  const act = await context.actor.act("release", name);
  const message = `released by ${act.by}: ${act.reason}`;
  if (step.state === "held") {
    const decision = { phase: "Succeeded", output: "RUN", message } as const;
    await decideNode(place, act, (workflow) => waitingGate(workflow, name), decision);
    const effect = `${name} starts now`;
    await awaitEffect(context, target, effect, ({ attempts }) => attempts > 0);
    return done(act, night, dryRun, whenResumed(night, effect));
  }
  if (step.state === "confirming") {
    const decision = { phase: "Succeeded", output: "CONFIRMED", message } as const;
    await decideNode(place, act, (workflow) => waitingQuestion(workflow, name), decision);
    const effect = `${name} is confirmed, the night goes on`;
    await awaitEffect(context, target, effect, ({ state }) => state === "succeeded");
    return done(act, night, dryRun, whenResumed(night, effect));
  }
  if (step.state === "waiting" && step.asked !== undefined) {
    await ask(context, target, act, "no");
    return done(act, night, dryRun, `${name} will start when the night reaches it`);
  }
  throw notPossible(target, "release");
}
