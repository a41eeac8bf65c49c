import { decideNode } from "../acts/change-workflow.ts";
import { awaitEffect } from "./effect.ts";
import { ask, requireNotBegun } from "./hold.ts";
import { type Done, done, notPossible, type StepTarget, targetOf, type VerbContext, whenResumed } from "./verb.ts";
import { waitingDecision, waitingGate, waitingQuestion } from "./waiting-nodes.ts";

/** Runs a failed step again as a new attempt: exactly one new remote job. */
export async function retry(context: VerbContext, customer: string, name: string): Promise<Done> {
  const target = await targetOf(context, customer, name);
  if (target.step.state !== "deciding") {
    throw notPossible(target, "retry");
  }
  return decideRetry(context, target, "retry");
}

/** Answers RETRY at the node where a failed attempt waits. */
export async function decideRetry(context: VerbContext, target: StepTarget, verb: "retry" | "restart"): Promise<Done> {
  const { step, place, night } = target;
  const { actor } = context;
  const act = await actor.act(verb, step.name);
  const message = `RETRY by ${act.by}: ${act.reason}`;
  const decision = { phase: "Succeeded", output: "RETRY", message } as const;
  await decideNode(place, act, (workflow) => waitingDecision(workflow, step.name), decision);
  const effect = `attempt ${step.attempts + 1} of ${step.name} starts`;
  await awaitEffect(context, target, effect, ({ attempts }) => attempts > step.attempts);
  return done(act, night, actor.dryRun, whenResumed(night, effect));
}

/** Leaves a step out: a failed one, a held one, or one that the night has not reached. The night goes on without it. */
export async function skip(context: VerbContext, customer: string, name: string): Promise<Done> {
  const target = await targetOf(context, customer, name);
  const { step, place, night } = target;
  const act = await context.actor.act("skip", name);
  const decision = { phase: "Succeeded", output: "SKIP", message: `SKIP by ${act.by}: ${act.reason}` } as const;
  const { dryRun } = context.actor;
  switch (step.state) {
    case "deciding":
    case "held": {
      const find = step.state === "held" ? waitingGate : waitingDecision;
      await decideNode(place, act, (workflow) => find(workflow, name), decision);
      const effect = `${name} is left out, the steps after it start`;
      await awaitEffect(context, target, effect, ({ state }) => state === "skipped");
      return done(act, night, dryRun, whenResumed(night, effect));
    }
    case "waiting":
      await ask(context, target, act, "skip");
      await requireNotBegun(context, target, "skip");
      return done(act, night, dryRun, `${name} will be left out when the night reaches it`);
    default:
      throw notPossible(target, "skip");
  }
}

/** Gives a step up: it ends as failed, the steps after it do not run, the rest of the night runs on. */
export async function abort(context: VerbContext, customer: string, name: string): Promise<Done> {
  const target = await targetOf(context, customer, name);
  const { step, place, night } = target;
  const act = await context.actor.act("abort", name);
  const decision = { phase: "Failed", message: `aborted by ${act.by}: ${act.reason}` } as const;
  switch (step.state) {
    case "held":
      await decideNode(place, act, (workflow) => waitingGate(workflow, name), decision);
      break;
    case "deciding":
      await decideNode(place, act, (workflow) => waitingDecision(workflow, name), decision);
      break;
    case "confirming": {
      await decideNode(place, act, (workflow) => waitingQuestion(workflow, name), decision);
      // A refused gate is a failed attempt like any other, and Argo asks what is to become of it.
      const refused = `${name} is refused, and Argo asks what is to become of it`;
      const asked = await awaitEffect(
        context,
        target,
        refused,
        ({ state }) => state === "deciding" || state === "failed",
      );
      if (asked?.state === "deciding") {
        const again = await context.actor.act("abort", name);
        await decideNode(place, again, (workflow) => waitingDecision(workflow, name), decision);
      }
      break;
    }
    default:
      throw notPossible(target, "abort");
  }
  const effect = `${name} has failed for good; the steps after it do not run`;
  await awaitEffect(context, target, effect, ({ state }) => state === "failed");
  return done(act, night, context.actor.dryRun, whenResumed(night, effect));
}
