import { actAnnotation, type Verb } from "../../runs/act.ts";
import { ACT_PREFIX, ORDER_ANNOTATION } from "../../runs/annotations.ts";
import { type NightAct, recordedAct } from "../../runs/night-act.ts";
import { nightControlKey } from "../../runs/night-control.ts";
import { NIGHT_EFFECTS, type NightVerb } from "../../runs/night-effects.ts";
import { nightState } from "../../runs/night-state.ts";
import { nodePatch, workflowNodes } from "../../runs/nodes.ts";
import { hasEnded, hasFailed } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import { meantNames } from "../../runs/similar-names.ts";
import { isStepVerb, type StepDeed, type StepVerb, stepAct, type WaitingPlace } from "../../runs/step-act.ts";
import { stepNodes } from "../../runs/step-nodes.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import { waitingNode } from "../../runs/waiting-node.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { customerOf } from "../lane.ts";
import { type LaneWriter, statusOf } from "./lane-writer.ts";

/** How far an act has got. */
export interface Carried {
  /** `Accepted` for one that is carried on when the night has changed. */
  readonly phase: "Accepted" | "Done";
  readonly message: string;
  readonly nights?: readonly string[];
}

/** How often a change is made again because Argo's controller changed the workflow in between. */
const TRIES = 20;

/** What an act on a running night sees. */
interface NightInSight {
  readonly act: NightAct;
  /** Whether the act has been begun before: its last part is noted beside its first. */
  readonly goesOn: boolean;
  readonly writer: LaneWriter;
  readonly workflow: Workflow;
  readonly customer: string;
}

/**
 * Carries out an act on a running night. Each change notes the act in the same request: the API server takes both or
 * neither, so an act that nightwatch begins again after a crash finds what it has done.
 * @throws Refusal where the night, as it is now, does not allow it
 */
export async function actOnNight(writer: LaneWriter, act: NightAct): Promise<Carried> {
  const { namespace } = act.metadata;
  const { verb, night = "", step } = act.spec;
  const customer = customerOf(namespace) ?? namespace;
  const workflow = await writer.workflow(namespace, night);
  if (workflow === undefined) {
    throw new Refusal("not-found", `${verb}: there is no night ${night} of ${customer}`, `nightlane show ${customer}`);
  }
  if (!(workflow.spec.workflowTemplateRef?.name.startsWith("night-") ?? false)) {
    throw new Refusal("not-found", `${verb}: ${night} of ${customer} is not a night`, `nightlane show ${customer}`);
  }
  const sight: NightInSight = { act, writer, workflow, customer, goesOn: isNoted(workflow, act) };
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
      // Argo looks at nothing of a paused night, its end included.
      await change(sight, () => ({ spec: { shutdown: "Stop", suspend: null } }));
      break;
    case "waive":
      requireFailed(sight);
      await change(sight, () => ({}));
      break;
    case "note":
    case "acknowledge":
      await change(sight, () => ({}));
      break;
    default:
      throw new Refusal("not-possible", `${verb}: is no verb of a running night`);
  }
  return { phase: "Done", message: effectOf(verb) };
}

function effectOf(verb: Verb): string {
  return verb in NIGHT_EFFECTS ? NIGHT_EFFECTS[verb as NightVerb] : "it was noted";
}

async function actOnStep(sight: NightInSight, verb: StepVerb, name: string): Promise<Carried> {
  const { act, writer, workflow, customer } = sight;
  const { name: night, namespace } = workflow.metadata;
  const step = stepOf(nightState(workflow, Date.now(), await writer.control(namespace, night)).steps, name, sight);
  const { attempt } = act.spec;
  if (sight.goesOn) {
    const progress = progressOf(sight, verb, step);
    if (progress !== undefined) {
      return progress;
    }
  } else if (await writer.isNotedBeside(workflow, noteOf(sight), verb === "stop" || verb === "restart")) {
    // Begun before: what was asked lies on the ConfigMap or the pod, and is only to be noted on the night.
    await change(sight, () => ({}));
    return verb === "restart"
      ? { phase: "Accepted", message: `${name} is being cancelled` }
      : { phase: "Done", message: `${verb} of ${name} was carried out` };
  } else {
    requireRunning(sight);
  }
  if (attempt !== undefined && step.attempts !== attempt) {
    throw new Refusal(
      "not-possible",
      `${verb}: ${name} of ${customer} is at attempt ${step.attempts}, and this was asked for attempt ${attempt}; somebody else was faster`,
      `nightlane show ${customer} tells who decided what`,
    );
  }
  const { deed, effect, goesOn } = stepAct(verb, step, customer);
  await doIt(sight, name, deed);
  return goesOn === true && deed.kind !== "nothing"
    ? { phase: "Accepted", message: effect }
    : { phase: "Done", message: workflow.spec.suspend === true ? `${effect} once the night is resumed` : effect };
}

/** How far an act is that has been begun; undefined where its last part is due now. */
function progressOf({ act, customer }: NightInSight, verb: StepVerb, step: StepStatus): Carried | undefined {
  const seen = act.spec.attempt ?? 0;
  const isDone = verb === "restart" ? step.attempts > seen : verb === "abort" ? step.state === "failed" : true;
  if (isDone) {
    return { phase: "Done", message: `${verb} of ${step.name} was carried out` };
  }
  switch (step.state) {
    case "deciding":
      return undefined;
    case "running":
    case "confirming":
      return { phase: "Accepted", message: `${step.name} is being cancelled` };
    default:
      throw new Refusal(
        "not-possible",
        `${verb}: ${step.name} of ${customer} ended (${step.state}) before the order reached it`,
        `nightlane show ${customer}`,
      );
  }
}

function stepOf(steps: readonly StepStatus[], name: string, { customer, workflow }: NightInSight): StepStatus {
  const found = steps.find((one) => one.name === name);
  if (found !== undefined) {
    return found;
  }
  if (steps.length === 0) {
    throw new Refusal(
      "not-possible",
      `Argo has not begun ${workflow.metadata.name} yet, so its steps are not known`,
      "repeat in a few seconds; if it stays so, look whether the Argo controller runs",
    );
  }
  const names = steps.map((one) => one.name);
  throw new Refusal("not-found", `there is no step ${name} of ${customer}`, meantNames(name, names));
}

async function doIt(sight: NightInSight, step: string, deed: StepDeed): Promise<void> {
  switch (deed.kind) {
    case "nothing":
      await change(sight, () => ({}));
      return;
    case "ask": {
      // Noted on the night last: an act that is begun again asks once more, which changes nothing.
      const { writer } = sight;
      const asked = { [nightControlKey(step)]: deed.asked };
      await writer.writeControl(sight.workflow, asked, noteOf(sight));
      await change(sight, () => ({}));
      await requireNotBegun(sight, step, deed.asked);
      return;
    }
    case "order":
      await order(sight, step);
      return;
    case "decide":
      await change(sight, (workflow) => {
        const node = waitingNode(workflow, step, deed.place);
        if (node === undefined) {
          throw tooLate(sight, workflow, step);
        }
        return { status: nodePatch(workflow, node.id, decided(sight, node, deed)) };
      });
  }
}

function tooLate({ act }: NightInSight, workflow: Workflow, step: string): Refusal {
  return hasEnded({ phase: workflow.status?.phase ?? "Pending" })
    ? new Refusal(
        "not-possible",
        `the night has ended in the meantime (${workflow.metadata.name}, ${workflow.status?.phase}), so ${step} cannot be changed any more`,
        "nightlane show tells how it ended; nightlane replay repeats it",
      )
    : new Refusal(
        "not-possible",
        `${act.spec.verb}: ${step} does not wait for a decision any more; somebody else was faster`,
        "nightlane show tells who decided what",
      );
}

/** The fields of a waiting node once it is decided: phase, end, message, and the output in place of what was to be supplied. */
function decided(
  { act }: NightInSight,
  node: ReturnType<typeof workflowNodes>[number],
  {
    phase,
    output,
    place,
  }: { readonly phase: "Succeeded" | "Failed"; readonly output?: string; readonly place: WaitingPlace },
): object {
  const parameters = node.outputs?.parameters?.map((parameter) =>
    parameter.name === "decision" ? { name: parameter.name, value: output } : parameter,
  );
  const { by, reason } = act.spec;
  const word = phase === "Failed" ? "aborted" : place === "decision" ? (output ?? "") : "released";
  return {
    phase,
    finishedAt: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    message: `${output === "SKIP" ? "SKIP" : word} by ${by}: ${reason}`,
    ...(output === undefined || parameters === undefined ? {} : { outputs: { parameters } }),
  };
}

/** Orders the runner of the present attempt to cancel its remote job. */
async function order(sight: NightInSight, step: string): Promise<void> {
  const { writer, workflow, customer } = sight;
  const attempt = stepNodes(workflowNodes(workflow), step).attempts.at(-1);
  const active = attempt?.pods.filter(({ phase }) => phase === "Running" || phase === "Pending").at(-1);
  const order = { [ORDER_ANNOTATION]: "stop" };
  if (active === undefined || !(await writer.orderPod(workflow, active.id, order, noteOf(sight)))) {
    throw new NotYet(
      `${step} of ${customer} has no runner that could be given an order: it is between two tries of the same attempt`,
    );
  }
  await change(sight, () => ({}));
}

/** Something that will be possible in a moment: the act waits, until it expires. */
export class NotYet extends Error {
  override readonly name = "NotYet";
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
  // Only `spec.suspend` is changed: `argo resume` would also complete every step that waits for a person.
  await change(sight, () => ({ spec: { suspend: paused ? true : null } }));
  return { phase: "Done", message: NIGHT_EFFECTS[verb] };
}

/** Changes a workflow and notes the act in the same request. @param make What to merge, from the workflow as it is now. */
async function change(sight: NightInSight, make: (workflow: Workflow) => object): Promise<void> {
  const { act, writer } = sight;
  const { name, namespace } = sight.workflow.metadata;
  let workflow: Workflow | undefined = sight.workflow;
  requireRoomForNotes(workflow.metadata.annotations, act);
  for (let tries = 1; ; tries += 1) {
    const patch = {
      ...make(workflow),
      metadata: { resourceVersion: workflow.metadata.resourceVersion, annotations: noteOf(sight) },
    };
    try {
      await writer.patchWorkflow(namespace, name, patch);
      return;
    } catch (error) {
      if (statusOf(error) !== 409 || tries === TRIES) {
        throw error;
      }
    }
    workflow = await writer.workflow(namespace, name);
    if (workflow === undefined) {
      throw new Refusal("not-found", `${act.spec.verb}: ${name} was deleted in the meantime`);
    }
  }
}

/** Verbs that are refused first where a night has very many notes, so that there is room for decisions. */
const CAN_WAIT: ReadonlySet<string> = new Set(["note", "acknowledge", "pause", "resume", "hold", "release"]);

/** Kubernetes keeps 256 KiB of annotations of an object. */
const NOTES_BYTES = 64 * 1024;

function requireRoomForNotes(annotations: Workflow["metadata"]["annotations"], { spec }: NightAct): void {
  const notes = Object.entries(annotations ?? {}).filter(([key]) => key.startsWith(ACT_PREFIX));
  const bytes = notes.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > NOTES_BYTES && CAN_WAIT.has(spec.verb)) {
    throw new Refusal(
      "not-possible",
      `${spec.verb}: ${notes.length} acts are noted on this night, and what is left of the room is for decisions`,
      "retry, skip, abort, stop and end are possible still",
    );
  }
}

/** The night may have reached the step between our look and our note. */
async function requireNotBegun(sight: NightInSight, step: string, asked: string): Promise<void> {
  const { act, writer, customer } = sight;
  const { name, namespace } = sight.workflow.metadata;
  const workflow = await writer.workflow(namespace, name);
  const now =
    workflow === undefined ? undefined : nightState(workflow, Date.now()).steps.find((one) => one.name === step);
  if (asked !== "no" && now?.state === "running") {
    throw new Refusal(
      "not-possible",
      `${act.spec.verb}: ${step} of ${customer} began at that very moment and runs`,
      `nightlane stop ${customer} ${step} --reason "..."`,
    );
  }
}

function requireRunning({ workflow, customer, act }: NightInSight): void {
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

/** The note of an act on what it changes. */
function noteOf({ act, goesOn }: NightInSight): Readonly<Record<string, string>> {
  const recorded = recordedAct(act);
  return actAnnotation(goesOn ? { ...recorded, id: `${recorded.id}-2` } : recorded);
}

/** What goes well, or has not ended yet, must not be hidden from those who are called. */
function requireFailed({ workflow, customer, act }: NightInSight): void {
  const phase = workflow.status?.phase ?? "Pending";
  if (!hasFailed({ phase })) {
    throw new Refusal(
      "not-possible",
      `${act.spec.verb}: ${workflow.metadata.name} of ${customer} has not failed (${phase})`,
      `nightlane show ${customer}`,
    );
  }
}

function isNoted({ metadata }: Workflow, act: NightAct): boolean {
  return Object.keys(actAnnotation(recordedAct(act))).every((key) => metadata.annotations?.[key] !== undefined);
}
