import type { NightDefinition } from "../definition/night-definition.ts";
import { Step } from "../night/step.ts";
import { retriesOf } from "./further-attempts.ts";
import { nightSpec } from "./night-spec.ts";
import { stepDocument, stepValues } from "./step-document.ts";

/**
 * Most bytes of the object in which Argo keeps a night: the templates as they are, and the nodes, packed. A larger
 * night fails. Argo's own figure is 1 MiB; etcd accepts requests of 1.5 MiB by default.
 */
export const MOST_WORKFLOW_BYTES = 1408 * 1024;

/** Most bytes of a night as its file declares it: 64 KiB are left for operators' acts and remarks. */
export const MOST_NIGHT_BYTES = MOST_WORKFLOW_BYTES - 64 * 1024;

/**
 * Most tasks of one graph: what the API server's cost budget for the rules in Argo's schema allows, as the platform
 * deploys it.
 */
export const MOST_STEPS = 400;

/** Packed bytes of a step's nodes, with room for one retry of each step. `npm run bench:night-size` measures it. */
export const NODE_BYTES = 1300;

/**
 * How often the inputs of a task occur in the nodes of its step, one retry included: Argo keeps the inputs of the step,
 * of each attempt, of its tries and of its pod. In the worst case a packed copy takes its full size, since the copies
 * are too far apart to be compressed together.
 */
const VALUE_COPIES = 7;

/** The same for one further attempt: a release that fails makes every step use up its automatic ones. */
const ATTEMPT_BYTES = NODE_BYTES / 2;
const ATTEMPT_COPIES = 3;

/** Most bytes of a runner's instructions: Linux passes no variable of more than 128 KiB to a program. */
export const MOST_DOCUMENT_BYTES = 120_000;

/** More than the templates of one simple step take, without the texts that its task passes on. */
const TEMPLATE_BYTES = 20_000;

/** Up to this size of variables, properties and the like a step is simple. */
const LITTLE_BYTES = 4_000;

/** How large a night becomes in Argo: its templates, and its nodes when all have run. */
export function nightBytes(definition: NightDefinition): number {
  const { steps } = definition.workflow;
  return bytes(nightSpec(definition)) + nodesBytes(steps);
}

/** Its nodes when all have run: for each step as many attempts as begin automatically, and at least two. */
function nodesBytes(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => {
    const handed = bytes(stepValues(step));
    const further = Math.max(0, (retriesOf(step)?.times ?? 0) - 1);
    return sum + NODE_BYTES + VALUE_COPIES * handed + further * (ATTEMPT_BYTES + ATTEMPT_COPIES * handed);
  }, 0);
}

/** Whether a night is so small that nothing has to be measured. */
export function isSmall({ steps }: NightDefinition["workflow"]): boolean {
  return (
    steps.every(saysLittle) && steps.length * TEMPLATE_BYTES + handedOver(steps) + nodesBytes(steps) < MOST_NIGHT_BYTES
  );
}

function saysLittle({ work }: Step): boolean {
  const text = JSON.stringify(work.options, (_, value: unknown) => (value instanceof Step ? undefined : value));
  return Buffer.byteLength(text) <= LITTLE_BYTES;
}

/** Bytes of the texts in which steps that share their templates differ. */
function handedOver(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + bytes(stepValues(step)), 0);
}

/** Bytes of the instructions of a step's runner. */
export function documentBytes(definition: NightDefinition, step: Step): number {
  return (stepDocument(definition, step)?.document.length ?? 0) + bytes(stepValues(step));
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
