import { actsOf, type Verb } from "../../runs/act.ts";
import { ORDER_ANNOTATION } from "../../runs/annotations.ts";
import { requireApprover, startersOf } from "../../runs/approval.ts";
import { nightControlKey } from "../../runs/night-control.ts";
import { nightState } from "../../runs/night-state.ts";
import { nodePatch, workflowNodes } from "../../runs/nodes.ts";
import { hasEnded } from "../../runs/phases.ts";
import { Refusal } from "../../runs/refusal.ts";
import { meantNames } from "../../runs/similar-names.ts";
import { STATE_TEXT, type StepAction, type StepVerb, stepAct, type WaitingPlace } from "../../runs/step-act.ts";
import { stepNodes } from "../../runs/step-nodes.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import { waitingNode } from "../../runs/waiting-node.ts";
import type { Workflow } from "../../runs/workflow.ts";
import { type Carried, NotYet } from "./carried.ts";
import { changeNight, type NightInSight, noteOf, requireRunning } from "./change-night.ts";
import { requireRoomForNote } from "./room-for-notes.ts";
import { stepProgress } from "./step-progress.ts";

/**
 * Carries out an act on one step of a running night.
 * @throws Refusal where the step, as it is now, does not allow it
 */
export async function actOnStep(sight: NightInSight, verb: StepVerb, name: string): Promise<Carried> {
  const { act, writer, workflow, customer } = sight;
  const { name: night, namespace } = workflow.metadata;
  const step = stepOf(nightState(workflow, Date.now(), await writer.control(namespace, night)).steps, name, sight);
  const { attempt } = act.spec;
  if (sight.goesOn) {
    // Not for a decision about a waiting node: Argo may not have acted on it yet.
    if (
      IN_TIME[verb] !== undefined &&
      (await writer.isNotedBeside(workflow, noteOf({ ...sight, goesOn: false }), false))
    ) {
      requireInTime(sight, verb, step);
    }
    const progress = stepProgress(verb, step, customer, attempt ?? 0);
    if (progress !== undefined) {
      return progress;
    }
  } else if (await writer.isNotedBeside(workflow, noteOf(sight), verb === "stop" || verb === "restart")) {
    // Started earlier: the order is on the ConfigMap or the pod, and only the note on the night is missing.
    await changeNight(sight, () => ({}));
    requireInTime(sight, verb, step);
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
      `nightlane show ${customer} says who decided what`,
    );
  }
  const { action, effect, goesOn } = stepAct(verb, step, customer);
  await perform({ ...sight, ...approving(sight, verb, step) }, name, action);
  return goesOn === true && action.kind !== "nothing"
    ? { phase: "Accepted", message: effect }
    : { phase: "Done", message: workflow.spec.suspend === true ? `${effect} once the night is resumed` : effect };
}

/**
 * What an act approves; nothing unless it releases a gate that asks for approvals.
 * @throws Refusal if the person is not one of those the gate asks for
 */
function approving(
  { act, workflow, customer }: NightInSight,
  verb: StepVerb,
  { name: step, state, approval, attempts }: StepStatus,
): Pick<NightInSight, "approves"> {
  if (verb !== "release" || state !== "confirming" || approval === undefined) {
    return {};
  }
  const startedBy = startersOf(actsOf(workflow.metadata.annotations).acts);
  requireApprover({ customer, step, approval, startedBy }, act.spec);
  return { approves: attempts };
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
      "repeat in a few seconds; if nothing changes, check that the Argo controller is running",
    );
  }
  const names = steps.map((one) => one.name);
  throw new Refusal("not-found", `there is no step ${name} of ${customer}`, meantNames(name, names));
}

async function perform(sight: NightInSight, step: string, action: StepAction): Promise<void> {
  switch (action.kind) {
    case "nothing":
      requireRoomForNote({ ...sight, metadata: sight.workflow.metadata }, "repeatable");
      await changeNight(sight, () => ({}));
      return;
    case "approve":
      await changeNight(sight, () => ({}));
      return;
    case "ask": {
      if (action.asked !== "no") {
        requireRoomForNote({ ...sight, metadata: sight.workflow.metadata }, "repeatable");
      }
      // Noted on the night last: an act that starts again repeats the order, which changes nothing.
      const { writer } = sight;
      const asked = { [nightControlKey(step)]: action.asked };
      await writer.writeControl(sight.workflow, asked, noteOf(sight));
      await changeNight(sight, () => ({}));
      await requireNotBegun(sight, step);
      return;
    }
    case "order":
      await order(sight, step);
      return;
    case "decide":
      await changeNight(sight, (workflow) => {
        const node = waitingNode(workflow, step, action.place);
        if (node === undefined) {
          throw tooLate(sight, workflow, step);
        }
        return { status: nodePatch(workflow, node.id, decided(sight, node, action)) };
      });
  }
}

function tooLate({ act }: NightInSight, workflow: Workflow, step: string): Refusal {
  return hasEnded({ phase: workflow.status?.phase ?? "Pending" })
    ? new Refusal(
        "not-possible",
        `the night has ended in the meantime (${workflow.metadata.name}, ${workflow.status?.phase}), so ${step} cannot be changed any more`,
        "nightlane show says how it ended; nightlane replay repeats it",
      )
    : new Refusal(
        "not-possible",
        `${act.spec.verb}: ${step} does not wait for a decision any more; somebody else was faster`,
        "nightlane show says who decided what",
      );
}

/** The fields of a waiting node once it is decided: phase, end, message, and the output that the decision supplies. */
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
      `${step} of ${customer} has no runner to give an order to: it is between two tries of the same attempt`,
    );
  }
  await changeNight(sight, () => ({}));
}

/** The night may have reached the step between reading it and noting the act. */
async function requireNotBegun(sight: NightInSight, step: string): Promise<void> {
  const { act, writer } = sight;
  const { name, namespace } = sight.workflow.metadata;
  const workflow = await writer.workflow(namespace, name);
  const now =
    workflow === undefined ? undefined : nightState(workflow, Date.now()).steps.find((one) => one.name === step);
  if (now !== undefined) {
    requireInTime(sight, act.spec.verb, now);
  }
}

/** The states of a step that show that a request came before the night reached it. */
const IN_TIME: Readonly<Partial<Record<Verb, readonly StepStatus["state"][]>>> = {
  hold: ["waiting", "held"],
  skip: ["waiting", "skipped"],
};

/** @throws Refusal where the night has reached a step before it was to be held or left out there */
function requireInTime({ act, customer }: NightInSight, verb: Verb, { name, state }: StepStatus): void {
  if (IN_TIME[verb]?.includes(state) === false) {
    throw new Refusal(
      "not-possible",
      `${act.spec.verb}: it came too late: ${name} of ${customer} ${STATE_TEXT[state]}`,
      `nightlane show ${customer} says what is possible now`,
    );
  }
}
