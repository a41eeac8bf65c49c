import type { Verb } from "../../runs/act.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import type { NightAct } from "../../runs/night-act.ts";
import { NIGHT_EFFECTS, type NightVerb } from "../../runs/night-effects.ts";
import { pipelineOfTemplate, seriesName } from "../../runs/night-series.ts";
import { Refusal } from "../../runs/refusal.ts";
import { readState } from "../../runs/run-facts.ts";
import { isStepVerb } from "../../runs/step-act.ts";
import { actOnStep } from "./act-on-step.ts";
import type { Carried } from "./carried.ts";
import { changeNight, isNoted, type NightInSight, requireRunning } from "./change-night.ts";
import type { LaneWriter } from "./lane-writer.ts";
import { requireFailed } from "./require-failed.ts";
import { requireRoomForNote } from "./room-for-notes.ts";

/**
 * Carries out an act on a running night. Each change notes the act in the same request: the API server takes both or
 * neither, so an act that starts again after a crash finds what it has already done.
 * @throws Refusal where the night, as it is now, does not allow it
 */
export async function actOnNight(writer: LaneWriter, act: NightAct): Promise<Carried> {
  const { namespace } = act.metadata;
  const { verb, night = "", step } = act.spec;
  const customer = ownerOf(namespace);
  const workflow = await writer.workflow(namespace, night);
  if (workflow === undefined) {
    throw new Refusal("not-found", `${verb}: there is no night ${night} of ${customer}`, `nightlane show ${customer}`);
  }
  if (!(workflow.spec.workflowTemplateRef?.name.startsWith("night-") ?? false)) {
    throw new Refusal("not-found", `${verb}: ${night} of ${customer} is not a night`, `nightlane show ${customer}`);
  }
  const pipeline = pipelineOfTemplate(workflow.spec.workflowTemplateRef?.name);
  const sight: NightInSight = {
    act,
    writer,
    workflow,
    customer: seriesName({ customer, pipeline }),
    goesOn: isNoted(workflow, act),
  };
  if (isStepVerb(verb)) {
    return await actOnStep(sight, verb, step ?? "");
  }
  if (sight.goesOn) {
    return { phase: "Done", message: effectOf(verb) };
  }
  switch (verb) {
    case "pause":
    case "resume":
      requireRunning(sight);
      return await setPaused(sight, verb === "pause");
    case "end":
      requireRunning(sight);
      // Argo ignores a paused night, even its end.
      await changeNight(sight, () => ({ spec: { shutdown: "Stop", suspend: null } }));
      break;
    case "waive":
      // What Argo calls a success may be a failure: a step of which nothing ran.
      requireFailed(sight, { night: workflow.metadata.name, phase: readState(workflow, Date.now()).phase });
      await changeNight(sight, () => ({}));
      break;
    case "note":
    case "acknowledge":
      requireRoomForNote({ ...sight, metadata: sight.workflow.metadata }, "remark");
      await changeNight(sight, () => ({}));
      break;
    default:
      throw new Refusal("not-possible", `${verb}: not a verb about a running night`);
  }
  return { phase: "Done", message: effectOf(verb) };
}

function effectOf(verb: Verb): string {
  return verb in NIGHT_EFFECTS ? NIGHT_EFFECTS[verb as NightVerb] : "it was noted";
}

async function setPaused(sight: NightInSight, paused: boolean): Promise<Carried> {
  const { workflow, customer } = sight;
  const verb = paused ? "pause" : "resume";
  if ((workflow.spec.suspend === true) === paused) {
    throw new Refusal(
      "not-possible",
      `${verb}: ${workflow.metadata.name} of ${customer} ${paused ? "is paused already" : "is not paused"}`,
      paused ? undefined : "a step that waits for a person needs release, retry, skip or abort",
    );
  }
  if (paused) {
    requireRoomForNote({ ...sight, metadata: sight.workflow.metadata }, "repeatable");
  }
  // Only `spec.suspend` is changed: `argo resume` would also complete every step that waits for a person.
  await changeNight(sight, () => ({ spec: { suspend: paused ? true : null } }));
  return { phase: "Done", message: NIGHT_EFFECTS[verb] };
}
