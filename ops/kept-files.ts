import { setTimeout as delay } from "node:timers/promises";
import { defined } from "../runs/defined.ts";
import { workflowNodes } from "../runs/nodes.ts";
import { hasEnded } from "../runs/phases.ts";
import type { Workflow } from "../runs/workflow.ts";
import { Actor } from "./acts/actor.ts";
import type { Central } from "./central.ts";
import { ExitCode, OpsError } from "./exit-code.ts";
import type { Lane } from "./lanes.ts";
import type { Place } from "./verbs/verb.ts";

/** What to read from the lane's results volume. */
export interface KeptFiles {
  /** @default - all: a list of what each has */
  readonly businessDate?: string;
  /** With a step: the log of this attempt of it. @default - a list of what the date has */
  readonly log?: { readonly runNumber: number; readonly step: string; readonly attempt: number };
}

/** A pod that is scheduled at once takes a few seconds; a node that must be started first, a minute or two. */
const LIMIT_MILLISECONDS = 180_000;
const PAUSE_MILLISECONDS = 500;

/** The runner's exit code for something that does not exist. */
const NOT_THERE = "30";

/**
 * Reads the lane's results volume through a pod that can do nothing else, since nobody may exec into the existing pods.
 * @returns The pod to read the log of, as soon as it has ended.
 * @throws OpsError notFound where there is no such log, noEffectYet where the pod did not come to its end in time
 */
export async function readKeptFiles({ central, lane, output }: Place, wanted: KeptFiles): Promise<string> {
  const { customer, namespace } = lane;
  const reason = `reads a kept log of ${customer}`;
  const actor = new Actor(central, { reason, dryRun: false, note: output.note });
  const { businessDate: date, log } = wanted;
  const { status } = await actor.ask(lane, { verb: "read-log", ...defined({ date, log }) });
  const name = status?.nights?.[0] ?? "";
  const ended = await untilEnded(central, lane, name);
  if (ended.status?.phase !== "Succeeded") {
    throw refusal(ended, customer);
  }
  const pod = (await central.pods(namespace, name))[0]?.name;
  if (pod === undefined) {
    throw new OpsError(ExitCode.notFound, `the pod of ${name} is gone`, "repeat the command");
  }
  return pod;
}

async function untilEnded(central: Central, { namespace }: Lane, name: string): Promise<Workflow> {
  const end = Date.now() + LIMIT_MILLISECONDS;
  while (Date.now() < end) {
    const workflow = await central.workflow(namespace, name);
    if (hasEnded({ phase: workflow.status?.phase ?? "" })) {
      return workflow;
    }
    await delay(PAUSE_MILLISECONDS);
  }
  throw new OpsError(
    ExitCode.noEffectYet,
    `${name} has not read the lane's volume within ${LIMIT_MILLISECONDS / 60_000} minutes`,
    `kubectl -n ${namespace} get pods -l workflows.argoproj.io/workflow=${name} shows why; then repeat the command`,
  );
}

function refusal(workflow: Workflow, customer: string): OpsError {
  const pod = workflowNodes(workflow).find(({ type }) => type === "Pod");
  const said = (pod?.message ?? workflow.status?.message ?? "it did not say why").replace(/^.*\(exit code \d+\): /, "");
  return pod?.outputs?.exitCode === NOT_THERE
    ? new OpsError(ExitCode.notFound, said, `nightlane logs ${customer} --kept lists what there is`)
    : new OpsError(ExitCode.notPossible, `the lane's volume could not be read: ${said}`, "repeat the command");
}
