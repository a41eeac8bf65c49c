import { actAnnotation, isNotedIn, isNoteOf } from "../../runs/act.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { scheduleName } from "../../runs/night-series.ts";
import type { Workflow } from "../../runs/workflow.ts";
import type { LaneWriter } from "./lane-writer.ts";
import type { RunSource } from "./start-nights.ts";

/**
 * Whether an act has left its note on what it changes: nightwatch may have ended before it could report that, and the
 * act must not be called expired.
 */
export async function hasBegun(writer: LaneWriter, act: NightAct, source: RunSource): Promise<boolean> {
  const { namespace } = act.metadata;
  const recorded = recordedAct(act);
  const isIn = (annotations: Workflow["metadata"]["annotations"]): boolean => isNotedIn(annotations, recorded);
  const isRecorded = async (): Promise<boolean> => {
    const runs = await source.runs(ownerOf(namespace));
    return runs.some(({ acts }) => acts.some((note) => isNoteOf(note, recorded)));
  };
  switch (act.spec.verb) {
    case "run":
    case "replay":
    case "restate":
    case "backfill":
      // After an outage the workflow is there before the watch has reported it.
      return (await isRecorded()) || (await writer.hasStarted(namespace, recorded));
    case "schedule-off":
    case "schedule-on":
      return isIn((await writer.schedule(namespace, scheduleName(act.spec.pipeline)))?.metadata.annotations);
    case "read-log":
    case "backfill-end":
      return false;
    default: {
      const { verb, night = "" } = act.spec;
      const workflow = await writer.workflow(namespace, night);
      if (workflow === undefined) {
        // An act on a night without a workflow is noted on its record.
        return await isRecorded();
      }
      const note = actAnnotation(recorded);
      const onPods = verb === "stop" || verb === "restart";
      return isIn(workflow.metadata.annotations) || (await writer.isNotedBeside(workflow, note, onPods));
    }
  }
}
