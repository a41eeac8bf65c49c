import { type Act, actAnnotation } from "../../runs/act.ts";
import { noteAct } from "../acts/change-workflow.ts";
import { controlName, readNight, stepOf } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { withCost } from "../forecast/hold-cost.ts";
import { type Done, done, notPossible, type StepTarget, targetOf, type VerbContext } from "./verb.ts";

/** What the control ConfigMap can ask for a step that is not reached yet. */
type Asked = "yes" | "no" | "skip";

/** Holds a step before it starts, also one that the night has not reached yet, while everything else runs on. */
export async function hold(context: VerbContext, customer: string, name: string): Promise<Done> {
  const target = await targetOf(context, customer, name);
  const act = await context.actor.act("hold", name);
  const { actor } = context;
  if (target.step.state === "held") {
    return done(act, target.night, actor.dryRun, `${name} is held already; nothing was changed`);
  }
  if (target.step.state !== "waiting") {
    throw notPossible(target, "hold");
  }
  await ask(context, target, act, "yes");
  await requireNotBegun(context, target, "hold");
  const effect = `${name} will wait at its gate when the night reaches it`;
  return done(act, target.night, actor.dryRun, await withCost(context, target.night, effect, name));
}

/**
 * Notes in the night's control ConfigMap what is to become of a step when the night reaches it. Argo reads it at that
 * moment. The act is noted on the night first: a note without effect is better than an effect without a note.
 */
export async function ask(
  { central, actor }: VerbContext,
  { lane, night, step, place }: StepTarget,
  act: Act,
  asked: Asked,
): Promise<void> {
  const { metadata } = night.workflow;
  const owner = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", name: metadata.name, uid: metadata.uid };
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: controlName(metadata.name),
      // Argo reads only ConfigMaps that carry this label.
      labels: { "workflows.argoproj.io/configmap-type": "Parameter" },
      annotations: actAnnotation(act),
      ownerReferences: [owner],
    },
    data: { [`hold.${step.name}`]: asked },
  };
  await central.writeConfigMap(lane.namespace, configMap, { dryRun: true });
  await noteAct(place, act);
  if (!actor.dryRun) {
    await central.writeConfigMap(lane.namespace, configMap, {});
  }
}

/** The night may have reached the step between our look and our note. */
export async function requireNotBegun(
  { central, actor }: VerbContext,
  target: StepTarget,
  verb: string,
): Promise<void> {
  if (actor.dryRun) {
    return;
  }
  const { lane, night, step } = target;
  const now = stepOf(await readNight(central, lane, night.state.workflow), step.name);
  if (now.state === "running") {
    throw new OpsError(
      ExitCode.notPossible,
      `${verb}: ${step.name} of ${lane.customer} began at that very moment and runs`,
      `nightlane stop ${lane.customer} ${step.name} --reason "..."`,
    );
  }
}
