import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { NIGHT_SCHEDULE, runName } from "../../../runs/run-name.ts";
import { type CronWorkflow, laneSchedule } from "../../../runs/schedule.ts";

const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;

/** Which night is started. */
export interface NightToStart {
  readonly businessDate: string;
  /** @default 1 */
  readonly runNumber?: number;
  /** @default - the one that the lane's schedule runs now */
  readonly template?: string;
}

/**
 * Starts a night as an administrator does, without an act and without nightwatch. @returns the workflow's name
 * @param kubeconfig File of an administrator of the central cluster.
 */
export async function startNight(kubeconfig: string, namespace: string, night: NightToStart): Promise<string> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const objects = config.makeApiClient(CustomObjectsApi);
  const { businessDate, runNumber = 1 } = night;
  const cron: CronWorkflow = await objects.getNamespacedCustomObject({
    ...ARGO,
    namespace,
    plural: "cronworkflows",
    name: NIGHT_SCHEDULE,
  });
  const parameters = { "business-date": businessDate, "run-number": String(runNumber) };
  const body = {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name: runName({}, laneSchedule(cron), businessDate, runNumber), namespace },
    spec: {
      workflowTemplateRef: { name: night.template ?? cron.spec.workflowSpec.workflowTemplateRef.name },
      arguments: { parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, value })) },
    },
  };
  await objects.createNamespacedCustomObject({ ...ARGO, namespace, plural: "workflows", body });
  return body.metadata.name;
}
