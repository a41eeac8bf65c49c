import { readFileSync } from "node:fs";
import {
  BatchV1Api,
  CoordinationV1Api,
  CoreV1Api,
  type CoreV1Event,
  KubeConfig,
  type V1Job,
  V1MicroTime,
} from "@kubernetes/client-node";
import { firstAddress } from "../../constructs/definition/api-server.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";

const ENDED = new Set(["Succeeded", "Failed"]);

/** A customer's cluster, seen with Nightlane's own minimal identity there, never as an administrator. */
export class CustomerCluster {
  private readonly batch: BatchV1Api;
  private readonly core: CoreV1Api;
  private readonly leases: CoordinationV1Api;

  private constructor(
    config: KubeConfig,
    private readonly namespace: string,
  ) {
    this.batch = config.makeApiClient(BatchV1Api);
    this.core = config.makeApiClient(CoreV1Api);
    this.leases = config.makeApiClient(CoordinationV1Api);
  }

  static async of(customer: string): Promise<CustomerCluster> {
    const { cluster } = await loadCustomer(customer);
    const kubeconfig = readFileSync(new FarmPaths(farmRoot()).customer(customer).kubeconfig, "utf8");
    const config = new KubeConfig();
    // This machine does not resolve the declared name, as the lane's pods do; the certificate names the address too.
    config.loadFromString(kubeconfig.replace(new URL(cluster.server).hostname, firstAddress(cluster)));
    return new CustomerCluster(config, cluster.namespace);
  }

  /** Jobs of one run, by their step. */
  async jobs(businessDate: string, runNumber: number): Promise<readonly V1Job[]> {
    const { items } = await this.batch.listNamespacedJob({ namespace: this.namespace });
    const of = (job: V1Job): string => job.metadata?.annotations?.["nightlane/run-key"] ?? "";
    return items.filter((job) => of(job).includes(businessDate) && of(job).endsWith(`/${runNumber}`));
  }

  /** Pods of a Job, driver and executors, that have neither ended nor been asked to end. */
  async livePods(job: string): Promise<readonly string[]> {
    const { items } = await this.core.listNamespacedPod({ namespace: this.namespace });
    return items
      .filter(({ metadata, status }) => {
        const live = metadata?.deletionTimestamp === undefined && !ENDED.has(status?.phase ?? "");
        return live && metadata?.name?.startsWith(`${job}-`);
      })
      .map(({ metadata }) => metadata?.name ?? "");
  }

  /** A Job by its name; undefined if there is none. */
  async job(name: string): Promise<V1Job | undefined> {
    const { items } = await this.batch.listNamespacedJob({
      namespace: this.namespace,
      fieldSelector: `metadata.name=${name}`,
    });
    return items[0];
  }

  /** Makes the Lease of a Job one that no runner has renewed for two days. */
  async ageLease(job: string): Promise<void> {
    const at = { namespace: this.namespace, name: job };
    const lease = await this.leases.readNamespacedLease(at);
    const renewTime = new V1MicroTime(Date.now() - 48 * 3600_000);
    await this.leases.replaceNamespacedLease({ ...at, body: { ...lease, spec: { ...lease.spec, renewTime } } });
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
