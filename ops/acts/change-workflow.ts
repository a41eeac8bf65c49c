import { setTimeout as delay } from "node:timers/promises";
import { type Act, actAnnotation } from "../../runs/act.ts";
import { nodesAreWritable } from "../../runs/nodes.ts";
import { hasEnded } from "../../runs/phases.ts";
import type { Workflow, WorkflowNode } from "../../runs/workflow.ts";
import type { Central } from "../central.ts";
import { CONFLICT, statusOf, told, troubleOf } from "../central-errors.ts";
import { ExitCode, OpsError } from "../exit-code.ts";

/** How often a change is made again because the controller changed the workflow in between. */
const TRIES = 20;
const PAUSE_MILLISECONDS = 150;

/** A place in which a change is made. */
export interface ChangePlace {
  readonly central: Central;
  readonly namespace: string;
  readonly workflow: string;
  readonly dryRun: boolean;
}

/** What a decision makes of a waiting node. */
export interface Decision {
  readonly phase: "Succeeded" | "Failed";
  /** Value of its output parameter `decision`; absent where it has none. */
  readonly output?: string;
  readonly message: string;
}

/**
 * Changes a workflow and notes the act in the same request: the API server takes both or neither, so that whoever
 * made the change is who the act names.
 * @param change What to merge, from the workflow as it is now.
 */
export async function changeWorkflow(
  place: ChangePlace,
  act: Act,
  change: (workflow: Workflow) => { readonly [field: string]: unknown },
): Promise<Workflow> {
  const { central, namespace, workflow: name, dryRun } = place;
  const annotations = actAnnotation(act);
  return told(`${act.verb}: change night ${name} in ${namespace}`, async () => {
    for (let tries = 1; ; tries += 1) {
      const workflow = await central.workflow(namespace, name);
      if (isNoted(workflow, annotations)) {
        // An earlier try was taken, and only its answer was lost.
        return workflow;
      }
      const patch = {
        ...change(workflow),
        metadata: { resourceVersion: workflow.metadata.resourceVersion, annotations },
      };
      try {
        return await central.patchWorkflow(namespace, name, patch, { dryRun });
      } catch (error) {
        const again = statusOf(error) === CONFLICT || troubleOf(error)?.transient === true;
        if (!again || tries === TRIES) {
          throw error;
        }
        await delay(PAUSE_MILLISECONDS);
      }
    }
  });
}

function isNoted({ metadata }: Workflow, annotations: Readonly<Record<string, string>>): boolean {
  return Object.keys(annotations).every((key) => metadata.annotations?.[key] !== undefined);
}

/** Notes an act whose effect lies elsewhere: in the control ConfigMap or on a pod. */
export async function noteAct(place: ChangePlace, act: Act): Promise<void> {
  await changeWorkflow(place, act, () => ({}));
}

/**
 * Decides a waiting node the way `argo node set` and `argo stop --node-field-selector` do: phase, end, message, and the
 * output in place of what was to be supplied.
 * @param find The node, from the workflow as it is now; undefined if it does not wait any more.
 * @throws OpsError notPossible where it does not
 */
export async function decideNode(
  place: ChangePlace,
  act: Act,
  find: (workflow: Workflow) => WorkflowNode | undefined,
  decision: Decision,
): Promise<void> {
  await changeWorkflow(place, act, (workflow) => {
    if (!nodesAreWritable(workflow)) {
      throw new OpsError(
        ExitCode.notPossible,
        `${workflow.metadata.name} is so large that Argo compressed its nodes, and admission lets only Argo write them`,
        "ask an administrator for `argo node set`",
      );
    }
    const node = find(workflow);
    if (node === undefined && hasEnded({ phase: workflow.status?.phase ?? "Pending" })) {
      throw new OpsError(
        ExitCode.notPossible,
        `the night has ended in the meantime (${workflow.metadata.name}, ${workflow.status?.phase}), so ${act.step ?? "it"} cannot be changed any more`,
        "nightlane show tells how it ended; nightlane replay repeats it",
      );
    }
    if (node === undefined) {
      throw new OpsError(
        ExitCode.notPossible,
        `${act.step ?? place.workflow} does not wait for a decision any more; somebody else was faster`,
        "nightlane show tells who decided what",
      );
    }
    return { status: { nodes: { [node.id]: decided(node, decision) } } };
  });
}

function decided(node: WorkflowNode, { phase, output, message }: Decision): object {
  const parameters = node.outputs?.parameters?.map((parameter) =>
    parameter.name === "decision" ? { name: parameter.name, value: output } : parameter,
  );
  const finishedAt = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return {
    phase,
    finishedAt,
    message,
    ...(output === undefined || parameters === undefined ? {} : { outputs: { parameters } }),
  };
}
