import { BatchV1Api, CoreV1Api, type CoreV1Event, KubeConfig, type V1Job } from "@kubernetes/client-node";
import { FarmPaths, farmRoot } from "../../farm/paths.ts";

/** A customer's cluster, seen with our own minimal identity there, never as an administrator. */
export class CustomerCluster {
  private readonly batch: BatchV1Api;
  private readonly core: CoreV1Api;

  constructor(
    readonly customer: string,
    private readonly namespace = "risk",
  ) {
    const config = new KubeConfig();
    config.loadFromFile(new FarmPaths(farmRoot()).customer(customer).kubeconfig);
    this.batch = config.makeApiClient(BatchV1Api);
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** Jobs of one run, by their step. */
  async jobs(businessDate: string, runNumber: number): Promise<readonly V1Job[]> {
    const { items } = await this.batch.listNamespacedJob({ namespace: this.namespace });
    const of = (job: V1Job): string => job.metadata?.annotations?.["nightlane/run-key"] ?? "";
    return items.filter((job) => of(job).includes(businessDate) && of(job).endsWith(`/${runNumber}`));
  }

  /** How many pods of a Job were started, and how many executors its driver started, by the events they left. */
  async starts(job: string): Promise<{ readonly drivers: number; readonly executors: number }> {
    const { items } = await this.core.listNamespacedEvent({ namespace: this.namespace });
    const started = (matches: (pod: string) => boolean): number =>
      new Set(items.filter((event) => isStart(event) && matches(podOf(event))).map(podOf)).size;
    return {
      drivers: started((pod) => pod.startsWith(`${job}-`) && !pod.includes("-exec-")),
      executors: started((pod) => pod.startsWith(`${job}-`) && pod.includes("-exec-")),
    };
  }
}

function isStart(event: CoreV1Event): boolean {
  return event.reason === "Started" && event.involvedObject.kind === "Pod";
}

function podOf(event: CoreV1Event): string {
  return event.involvedObject.name ?? "";
}
