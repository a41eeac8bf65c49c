import { setTimeout as delay } from "node:timers/promises";
import { type Act, actAnnotation } from "../../runs/act.ts";
import { ORDER_ANNOTATION } from "../../runs/annotations.ts";
import { workflowNodes } from "../../runs/nodes.ts";
import { stepNodes } from "../../runs/step-nodes.ts";
import { noteAct } from "../acts/change-workflow.ts";
import { readNight } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { decideRetry } from "./decide.ts";
import { stepWhere } from "./effect.ts";
import { type Done, done, notPossible, type StepTarget, targetOf, type VerbContext } from "./verb.ts";

const LOOK_AGAIN_MILLISECONDS = 500;

/** How long a verb waits for its effect. */
export interface StopOptions {
  /** Seconds for the runner to cancel its remote job and for Argo to see it. */
  readonly waitSeconds: number;
}

/** Cancels the remote job of a running step; the step then waits for a decision while its siblings run on. */
export async function stop(context: VerbContext, customer: string, name: string, options: StopOptions): Promise<Done> {
  const target = await targetOf(context, customer, name);
  if (target.step.state !== "running") {
    throw notPossible(target, "stop");
  }
  const act = await context.actor.act("stop", name);
  await cancel(context, target, act, options);
  const effect = `the remote job of ${name} is cancelled, and ${name} waits for a decision: retry, skip or abort`;
  return done(act, target.night, context.actor.dryRun, effect);
}

/** Replaces a running step's remote job: the old one is cancelled, then exactly one new attempt starts. */
export async function restart(
  context: VerbContext,
  customer: string,
  name: string,
  options: StopOptions,
): Promise<Done> {
  const target = await targetOf(context, customer, name);
  if (target.step.state === "deciding") {
    return decideRetry(context, target, "restart");
  }
  if (target.step.state !== "running") {
    throw notPossible(target, "restart");
  }
  const act = await context.actor.act("restart", name);
  await cancel(context, target, act, options);
  if (context.actor.dryRun) {
    const effect = `${name} would be cancelled and started again as attempt ${target.step.attempts + 1}`;
    return done(act, target.night, true, effect);
  }
  return decideRetry(context, target, "restart");
}

/** Orders the runner to cancel, and waits until the step asks for a decision. */
async function cancel(context: VerbContext, target: StepTarget, act: Act, options: StopOptions): Promise<void> {
  const { lane, step, place } = target;
  const end = Date.now() + options.waitSeconds * 1000;
  const pod = await runnerPod(context, target, end);
  const order = { [ORDER_ANNOTATION]: "stop", ...actAnnotation(act) };
  await context.central.annotatePod(lane.namespace, pod, order, { dryRun: true });
  await noteAct(place, act);
  if (context.actor.dryRun) {
    return;
  }
  await context.central.annotatePod(lane.namespace, pod, order, {});
  context.note(`${step.name}: the runner was ordered to cancel its remote job`);
  const state = await stepWhere(context, target, end, (now) => now.state !== "running");
  if (state === undefined) {
    throw new OpsError(
      ExitCode.noEffectYet,
      `${act.verb}: ${step.name} of ${lane.customer} was ordered to stop (pod ${pod}) but still runs after ${options.waitSeconds} s; the order stands`,
      `nightlane logs ${lane.customer} ${step.name} tells what the runner does; its node may be down`,
    );
  }
  if (state.state !== "deciding") {
    throw new OpsError(
      ExitCode.notPossible,
      `${act.verb}: ${step.name} of ${lane.customer} ended (${state.state}) before the order reached it`,
      `nightlane show ${lane.customer}`,
    );
  }
}

/** The pod of the running attempt. Between two tries of the same attempt there is none: it is waited for. */
async function runnerPod(context: VerbContext, target: StepTarget, end: number): Promise<string> {
  const { lane, night, step } = target;
  for (let told = false; ; told = true) {
    const { workflow } = await readNight(context.central, lane, night.state.workflow);
    const attempt = stepNodes(workflowNodes(workflow), step.name).attempts.at(-1);
    const active = attempt?.pods.filter((node) => node.phase === "Running" || node.phase === "Pending").at(-1);
    const pods = active === undefined ? [] : await context.central.pods(lane.namespace, night.state.workflow);
    const pod = pods.find((one) => one.nodeId === active?.id);
    if (pod !== undefined) {
      return pod.name;
    }
    if (Date.now() > end) {
      throw new OpsError(
        ExitCode.noEffectYet,
        `${step.name} of ${lane.customer} has no runner that could be given an order: it is between two tries of the same attempt`,
        "repeat when nightlane show says that it runs, or wait until its tries are used up: it then asks for a decision",
      );
    }
    if (!told) {
      context.note(`${step.name}: waiting for its next runner, to give it the order`);
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
}
