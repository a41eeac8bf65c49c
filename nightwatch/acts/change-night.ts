import { CONFLICT, statusOf } from "../../api/api-error.ts";
import { actAnnotation, isNotedIn } from "../../runs/act.ts";
import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { hasEnded } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import type { Workflow } from "../../runs/workflow.ts";
import type { LaneWriter } from "./lane-writer.ts";

/** How often a change is retried because Argo's controller changed the workflow in between. */
const TRIES = 20;

/** What an act on a running night works on. */
export interface NightInSight {
  readonly act: NightAct;
  /** Whether the act was started before: its last part is noted beside its first. */
  readonly goesOn: boolean;
  readonly writer: LaneWriter;
  readonly workflow: Workflow;
  /** Name of the nights that it belongs to, as people type it. */
  readonly customer: string;
  /** The attempt of a gate that the act approves. @default - the gate asks for no approvals */
  readonly approves?: number;
}

/** Changes a workflow and notes the act in the same request, unless another nightwatch has done it by then. @param make What to merge, from the workflow as it is now. */
export async function changeNight(sight: NightInSight, make: (workflow: Workflow) => object): Promise<void> {
  const { act, writer } = sight;
  const { name, namespace } = sight.workflow.metadata;
  let workflow: Workflow | undefined = sight.workflow;
  for (let tries = 1; ; tries += 1) {
    const patch = {
      ...make(workflow),
      metadata: { resourceVersion: workflow.metadata.resourceVersion, annotations: noteOf(sight) },
    };
    try {
      await writer.patchWorkflow(namespace, name, patch);
      return;
    } catch (error) {
      if (statusOf(error) !== CONFLICT || tries === TRIES) {
        throw error;
      }
    }
    workflow = await writer.workflow(namespace, name);
    if (workflow === undefined) {
      throw new Refusal("not-found", `${act.spec.verb}: ${name} was deleted in the meantime`);
    }
    const { annotations } = workflow.metadata;
    if (Object.entries(noteOf(sight)).every(([key, note]) => annotations?.[key] === note)) {
      return;
    }
  }
}

/** The note of an act on what it changes. */
export function noteOf({ act, goesOn, approves }: NightInSight): Readonly<Record<string, string>> {
  const recorded = { ...recordedAct(act), ...(approves === undefined ? {} : { approves }) };
  return actAnnotation(goesOn ? { ...recorded, id: `${recorded.id}-2` } : recorded);
}

/** Whether an act has left its note on a night. */
export function isNoted({ metadata }: Workflow, act: NightAct): boolean {
  return isNotedIn(metadata.annotations, recordedAct(act));
}

/** @throws Refusal where a night has ended, or is being ended */
export function requireRunning({ workflow, customer, act }: NightInSight): void {
  if (workflow.spec.shutdown !== undefined) {
    throw new Refusal("not-possible", `${act.spec.verb}: ${workflow.metadata.name} of ${customer} is being ended`);
  }
  const phase = workflow.status?.phase ?? "Pending";
  if (hasEnded({ phase })) {
    const { name } = workflow.metadata;
    throw new Refusal(
      "not-possible",
      `${name} of ${customer} has ended (${phase}); its steps cannot be changed any more`,
      `nightlane replay ${customer} --date YYYY-MM-DD --from <step>`,
    );
  }
}
