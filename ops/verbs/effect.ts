import { setTimeout as delay } from "node:timers/promises";
import type { StepStatus } from "../../runs/step-status.ts";
import { readNight, stepOf } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { patiently } from "../patience.ts";
import type { StepTarget, VerbContext } from "./verb.ts";

const LOOK_AGAIN_MILLISECONDS = 300;

/**
 * Waits until an act has had its effect on a step: writing it is not enough, Argo must have acted on it.
 * @param effect What should come true, as in "attempt 2 of report starts".
 * @throws OpsError noEffectYet
 */
export async function awaitEffect(
  context: VerbContext,
  target: StepTarget,
  effect: string,
  reached: (step: StepStatus) => boolean,
): Promise<StepStatus> {
  const { lane, night, step } = target;
  const seconds = context.effectSeconds;
  const found = await stepWhere(context, target, Date.now() + seconds * 1000, reached);
  if (found === undefined) {
    throw new OpsError(
      ExitCode.noEffectYet,
      `${effect}: this was written, but Argo has not acted on it within ${seconds} s`,
      `nightlane show ${lane.customer} --night ${night.state.workflow} shows whether ${step.name} moves; if it does not, the Argo controller is down: call the platform engineers, and do not repeat the command`,
    );
  }
  return found;
}

/** Polls a step until it is as wanted; undefined if the time runs out. @param end Milliseconds. */
async function stepWhere(
  { central, note }: VerbContext,
  { lane, night, step }: StepTarget,
  end: number,
  reached: (step: StepStatus) => boolean,
): Promise<StepStatus | undefined> {
  for (;;) {
    const now = await patiently(() => readNight(central, lane, night.state.workflow), note);
    const found = stepOf(now, step.name);
    if (reached(found)) {
      return found;
    }
    if (Date.now() > end) {
      return undefined;
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
}
