import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";

/** How often a cluster is asked: executors live for some seconds, and are gone when their night has ended. */
const EVERY_MILLISECONDS = 500;

/** The pods that a namespace has had while something ran, even those that are gone by then. */
export class SeenPods {
  private readonly pods = new Map<string, V1Pod>();
  private readonly ended = new AbortController();
  private readonly looking: Promise<void>;

  constructor(kubeconfig: string, namespace: string) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.looking = this.look(config.makeApiClient(CoreV1Api), namespace);
  }

  private async look(core: CoreV1Api, namespace: string): Promise<void> {
    while (!this.ended.signal.aborted) {
      for (const pod of (await core.listNamespacedPod({ namespace })).items) {
        this.pods.set(pod.metadata?.name ?? "", pod);
      }
      await delay(EVERY_MILLISECONDS, undefined, { signal: this.ended.signal }).catch(() => undefined);
    }
  }

  /** @throws what listing failed with */
  async end(): Promise<void> {
    this.ended.abort();
    await this.looking;
  }

  /** The driver of a Job, or the pod of one that is not Spark. */
  driver(job: string): V1Pod {
    return this.find(job, (name) => !name.includes("-exec-"));
  }

  executor(job: string): V1Pod {
    return this.find(job, (name) => name.includes("-exec-"));
  }

  private find(job: string, matches: (name: string) => boolean): V1Pod {
    const found = [...this.pods].find(([name]) => name.startsWith(`${job}-`) && matches(name));
    if (found === undefined) {
      throw new Error(`${job} has had no such pod; seen: ${[...this.pods.keys()].join(", ")}`);
    }
    return found[1];
  }
}
