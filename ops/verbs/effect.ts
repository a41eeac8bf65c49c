import { setTimeout as delay } from "node:timers/promises";
import type { StepStatus } from "../../runs/step-status.ts";
import { type ReadNight, readNight, stepOf } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { patiently } from "../patience.ts";
import type { VerbContext } from "./verb.ts";

const LOOK_AGAIN_MILLISECONDS = 300;

/**
 * Waits until an act has had its effect on a step: writing it is not enough, Argo must have acted on it.
 * @param effect What should come true, as in "attempt 2 of report starts".
 * @throws OpsError noEffectYet
 */
export async function awaitEffect(
  { central, effectSeconds, output }: VerbContext,
  { lane, state: { workflow } }: ReadNight,
  { name }: StepStatus,
  effect: string,
  reached: (step: StepStatus) => boolean,
): Promise<void> {
  const end = Date.now() + effectSeconds * 1000;
  for (;;) {
    const now = await patiently(() => readNight(central, lane, workflow), output.note);
    if (reached(stepOf(now, name))) {
      return;
    }
    if (Date.now() > end) {
      break;
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
  throw new OpsError(
    ExitCode.noEffectYet,
    `${effect}: this was written, but Argo has not acted on it within ${effectSeconds} s`,
    `nightlane show ${lane.customer} --night ${workflow} shows whether ${name} moves; if it does not, the Argo controller is down: call the platform engineers, and do not repeat the command`,
  );
}
