import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "../../support/api.ts";

/** One Spark driver that was started in the customer's cluster. */
export interface Driver {
  readonly pod: string;
  readonly job: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, by the customer's cluster. */
  readonly started: number;
  /** The same; undefined while it runs. */
  readonly ended: number | undefined;
  readonly succeeded: boolean;
}

/** A Job that was seen in the customer's cluster, even if it is gone by now. */
export interface SeenJob {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly gone: boolean;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly waiting?: { readonly reason?: string };
        readonly running?: { readonly startedAt: string };
        readonly terminated?: { readonly startedAt: string; readonly finishedAt: string; readonly exitCode: number };
      };
    }[];
  };
}

const JOB_LABEL = "batch.kubernetes.io/job-name";

/** How often the customer's cluster is checked: no driver starts and vanishes in between. */
const LOOK_MILLISECONDS = 400;

/** Records every driver and every Job of a namespace, as the customer's administrator sees them. */
export class DriverLog {
  private readonly byPod = new Map<string, Driver>();
  private readonly byJob = new Map<string, SeenJob>();
  /** Why a driver's container waits, by Job. */
  private readonly waiting = new Map<string, string>();
  private watching = true;
  private readonly done: Promise<void>;

  constructor(
    private readonly api: Api,
    private readonly namespace: string,
  ) {
    this.done = this.watch();
  }

  /** Drivers whose pods carry a label, in the order of their starts. */
  drivers(label: string, value: string): readonly Driver[] {
    return [...this.byPod.values()]
      .filter(({ labels }) => labels[label] === value)
      .sort((one, other) => one.started - other.started);
  }

  /** Jobs that carry a label. */
  jobs(label: string, value: string): readonly SeenJob[] {
    return [...this.byJob.values()].filter(({ labels }) => labels[label] === value);
  }

  /** Why the driver of a Job does not start, as its kubelet reports; "" if it does. */
  waitsFor(job: string): string {
    return this.waiting.get(job) ?? "";
  }

  async end(): Promise<void> {
    this.watching = false;
    await this.done;
  }

  private async watch(): Promise<void> {
    while (this.watching) {
      try {
        await this.look();
      } catch {
        // The API server is away, as in some faults: nothing starts meanwhile that it would not show later.
      }
      await delay(LOOK_MILLISECONDS);
    }
  }

  private async look(): Promise<void> {
    const [pods, jobs] = await Promise.all([
      this.api.get<{ readonly items: readonly Pod[] }>(
        `/api/v1/namespaces/${this.namespace}/pods?labelSelector=${JOB_LABEL}`,
      ),
      this.api.get<{ readonly items: readonly Pod[] }>(`/apis/batch/v1/namespaces/${this.namespace}/jobs`),
    ]);
    const seen = new Set(pods.items.map((pod) => pod.metadata.name));
    for (const pod of pods.items) {
      this.note(pod);
    }
    for (const driver of this.byPod.values()) {
      if (driver.ended === undefined && !seen.has(driver.pod)) {
        this.byPod.set(driver.pod, { ...driver, ended: thisSecond() });
      }
    }
    const names = new Set(jobs.items.map((job) => job.metadata.name));
    for (const { metadata } of jobs.items) {
      this.byJob.set(metadata.name, { name: metadata.name, labels: metadata.labels ?? {}, gone: false });
    }
    for (const job of this.byJob.values()) {
      if (!names.has(job.name)) {
        this.byJob.set(job.name, { ...job, gone: true });
      }
    }
  }

  private note({ metadata, status }: Pod): void {
    const job = metadata.labels?.[JOB_LABEL] ?? "";
    const state = status?.containerStatuses?.[0]?.state;
    this.waiting.set(job, state?.waiting?.reason ?? "");
    const { running, terminated } = state ?? {};
    const startedAt = running?.startedAt ?? terminated?.startedAt;
    // A container that never ran has ended without a start.
    if (startedAt === undefined || startedAt === null) {
      return;
    }
    this.byPod.set(metadata.name, {
      pod: metadata.name,
      job,
      labels: metadata.labels ?? {},
      started: Date.parse(startedAt),
      ended:
        terminated === undefined ? this.endByPhase(metadata.name, status?.phase) : Date.parse(terminated.finishedAt),
      succeeded: terminated?.exitCode === 0,
    });
  }

  /**
   * The end of a pod whose container has none: a node without power reports none. The control plane then sets the pod's
   * phase to failed, which is what lets its Job start the next one.
   */
  private endByPhase(pod: string, phase: string | undefined): number | undefined {
    return phase === "Failed" ? (this.byPod.get(pod)?.ended ?? thisSecond()) : undefined;
  }
}

/** Now, in whole seconds as Kubernetes writes times: an end and a start in the same second are in order. */
function thisSecond(): number {
  return Math.floor(Date.now() / 1000) * 1000;
}

/** Whether a driver was started although an earlier one was still doing the same work, or had done it. */
export function ranTwice(drivers: readonly Driver[]): boolean {
  return drivers.some((driver, index) =>
    drivers
      .slice(0, index)
      .some((earlier) => earlier.succeeded || (earlier.ended ?? Number.POSITIVE_INFINITY) > driver.started),
  );
}
