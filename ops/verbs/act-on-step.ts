import { actsOf } from "../../runs/act.ts";
import { requireApprover, startersOf } from "../../runs/approval.ts";
import type { NightActSpec } from "../../runs/night-act.ts";
import { type StepVerb, stepAct } from "../../runs/step-act.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import { type ReadNight, runningNight, stepOf } from "../choose-night.ts";
import { withCost } from "../forecast/hold-cost.ts";
import { awaitEffect } from "./effect.ts";
import { type Done, done, type VerbContext } from "./verb.ts";

/**
 * Asks for an act on one step of a running night, and waits until Argo has acted on it. What the step's state does not
 * allow is refused here already; nightwatch checks again when it carries the act out.
 * @throws Refusal where the state does not allow it
 */
export async function actOnStep(context: VerbContext, verb: StepVerb, name: string): Promise<Done> {
  const { central, actor, lane, choice, effectSeconds } = context;
  const night = await runningNight(central, lane, choice);
  const step = stepOf(night, name);
  const { effect, reached } = stepAct(verb, step, lane.customer);
  const { workflow: run, paused } = night.state;
  const group = verb === "release" ? await approver(context, night, step) : {};
  const about = { verb, night: run, step: name, attempt: step.attempts, ...group } as const;
  const asked = await actor.ask(lane, about, effectSeconds);
  if (actor.dryRun) {
    return done(asked, lane, verb === "hold" ? await withCost(context, night, effect, name) : effect);
  }
  if (reached !== undefined && !paused) {
    await awaitEffect(context, night, step, effect, reached);
  }
  return done(asked, lane, paused && reached !== undefined ? `${effect} once the night is resumed` : effect);
}

/**
 * The group in whose name the person releases a gate.
 * @throws Refusal if the person is in none of the groups that the gate asks for
 */
async function approver(
  { central, lane: { customer } }: VerbContext,
  { workflow }: ReadNight,
  { name: step, state, approval }: StepStatus,
): Promise<Pick<NightActSpec, "group">> {
  if (state !== "confirming" || approval === undefined) {
    return {};
  }
  const { name: by, groups } = await central.whoAmI();
  const group = groups.find((one) => one === approval.group);
  const person = group === undefined ? {} : { group };
  const startedBy = startersOf(actsOf(workflow.metadata.annotations).acts);
  requireApprover({ customer, step, approval, startedBy }, { by, ...person });
  return person;
}
