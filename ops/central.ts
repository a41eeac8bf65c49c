import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { parameter, type Workflow } from "./night/workflow.ts";

const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;

/** A CronWorkflow as far as we read it. */
interface CronWorkflow {
  readonly spec: { readonly workflowSpec: { readonly workflowTemplateRef: { readonly name: string } } };
}

/** What a night is started with. */
export interface NightStart {
  /** `YYYY-MM-DD`. */
  readonly businessDate: string;
  /**
   * 1 for the night itself, more for a replay.
   * @default 1
   */
  readonly runNumber?: number;
}

/** The central cluster, seen with the rights of the kubeconfig it is reached with. */
export class Central {
  private readonly objects: CustomObjectsApi;

  private constructor(config: KubeConfig) {
    this.objects = config.makeApiClient(CustomObjectsApi);
  }

  /** @param kubeconfig Path of a kubeconfig. */
  static fromKubeconfig(kubeconfig: string): Central {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    return new Central(config);
  }

  /** Name of the WorkflowTemplate that the lane's schedule runs now. */
  async currentTemplate(namespace: string): Promise<string> {
    const cron: CronWorkflow = await this.objects.getNamespacedCustomObject({
      ...ARGO,
      namespace,
      plural: "cronworkflows",
      name: "night",
    });
    return cron.spec.workflowSpec.workflowTemplateRef.name;
  }

  /** Starts a night of the lane and returns its workflow's name. */
  async startNight(namespace: string, start: NightStart): Promise<string> {
    const template = await this.currentTemplate(namespace);
    const runNumber = start.runNumber ?? 1;
    const workflow: Workflow = await this.objects.createNamespacedCustomObject({
      ...ARGO,
      namespace,
      plural: "workflows",
      body: {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Workflow",
        // The name is the run key: starting the same run twice is refused by the API server itself.
        metadata: { name: `night-${start.businessDate}-run-${runNumber}`, namespace },
        spec: {
          workflowTemplateRef: { name: template },
          arguments: {
            parameters: [
              { name: "business-date", value: start.businessDate },
              { name: "run-number", value: String(runNumber) },
            ],
          },
        },
      },
    });
    return workflow.metadata.name;
  }

  async workflow(namespace: string, name: string): Promise<Workflow> {
    return this.objects.getNamespacedCustomObject({ ...ARGO, namespace, plural: "workflows", name });
  }

  /** The first run number that no workflow of the lane has for this business date. */
  async nextRunNumber(namespace: string, businessDate: string): Promise<number> {
    const list: { readonly items: readonly Workflow[] } = await this.objects.listNamespacedCustomObject({
      ...ARGO,
      namespace,
      plural: "workflows",
    });
    const used = list.items.flatMap(({ spec: { arguments: given } }) => {
      const date = parameter(given?.parameters, "business-date");
      return date === businessDate ? [Number(parameter(given?.parameters, "run-number") ?? "1")] : [];
    });
    return 1 + Math.max(0, ...used);
  }
}
