import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { contentName, NIGHT } from "../../../constructs/lane/content-name.ts";
import { nightSpec } from "../../../constructs/workflow/night-spec.ts";
import type { Central } from "../../../ops/central.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { businessDateOf } from "../../../runs/schedule.ts";
import { type DueSoon, dueSoon } from "../nights/due-soon.ts";
import { nextRunNumber } from "../nights/next-run-number.ts";
import { openOn } from "../nights/open-on.ts";
import { unattendedOn } from "../nights/unattended-on.ts";
import type { FarmPaths } from "../paths.ts";
import { until } from "../wait.ts";

/** How long the controller may take to act on a due schedule on a busy machine. */
const START_LIMIT_SECONDS = 120;

/**
 * Makes a customer's schedule due in the next minute, for its night of today, which nobody starts by hand. The day
 * counts as a business day even where the customer's calendar closes it; a demo is watched on Sundays too.
 */
export async function letNightBeDue(
  paths: FarmPaths,
  central: Central,
  definition: CustomerDefinition,
): Promise<DueSoon> {
  const namespace = laneNamespace(definition.name);
  const date = businessDateOf(definition.workflow.schedule, Date.now());
  const template = await createTemplate(paths, unattendedOn(openOn(definition, date), date));
  const runNumber = await nextRunNumber(central, namespace, date);
  return dueSoon(paths, definition.name, {
    template,
    // A second demo on the same day is another run.
    parameters: runNumber === 1 ? {} : { "run-number": `${runNumber}` },
  });
}

/** Waits until Argo's controller has started the due night, and restores the schedule, even if it has not. */
export async function untilStarted(central: Central, namespace: string, due: DueSoon): Promise<void> {
  const limitSeconds = (due.at - Date.now()) / 1000 + START_LIMIT_SECONDS;
  const what = `the schedule in ${namespace} starts ${due.workflow}`;
  try {
    await until({ what, limitSeconds, everyMilliseconds: 1000 }, async () =>
      (await central.heads(namespace)).some(({ name }) => name === due.workflow),
    );
  } finally {
    await due.restore();
  }
}

async function createTemplate(paths: FarmPaths, definition: CustomerDefinition): Promise<string> {
  const config = new KubeConfig();
  config.loadFromFile(paths.centralKubeconfig);
  const objects = config.makeApiClient(CustomObjectsApi);
  const spec = nightSpec(definition);
  const name = contentName(NIGHT, spec);
  const request = {
    group: "argoproj.io",
    version: "v1alpha1",
    plural: "workflowtemplates",
    namespace: laneNamespace(definition.name),
  };
  const { items }: { items: readonly { metadata: { name: string } }[] } =
    await objects.listNamespacedCustomObject(request);
  if (!items.some(({ metadata }) => metadata.name === name)) {
    const body = { apiVersion: "argoproj.io/v1alpha1", kind: "WorkflowTemplate", metadata: { name }, spec };
    await objects.createNamespacedCustomObject({ ...request, body });
  }
  return name;
}
