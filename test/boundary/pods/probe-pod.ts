import { readFileSync } from "node:fs";
import { until } from "../../farm/wait.ts";
import { type Api, type Identity, messageOf } from "../../support/api.ts";
import type { PodObject } from "../argo-pod.ts";

const SCRIPT = readFileSync(new URL("probe.py", import.meta.url), "utf8");

/** One try from inside a pod. */
export interface Probe {
  readonly name: string;
  readonly kind: "tcp" | "udp" | "https" | "read" | "digest" | "write" | "status" | "become-root";
  readonly target: string;
  /** Whether it is meant to be refused: then it is repeated until the network's policies have arrived. */
  readonly refused: boolean;
}

/** The result of one try. */
export interface ProbeResult {
  readonly name: string;
  readonly refused: boolean;
  readonly seen: string;
  /** Seconds until it was as expected. */
  readonly seconds: number;
}

/** The order of a pod of the proof. */
export type Order =
  | { readonly probes: readonly Probe[] }
  | { readonly listen: string /** An address of its own that the node gets. */; readonly assign?: string };

/** The command of a container that carries an order out. */
export function probeCommand(order: Order): readonly string[] {
  return ["python3", "-u", "-c", SCRIPT, JSON.stringify(order)];
}

interface PodStatus {
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly hostIP?: string;
    readonly containerStatuses?: readonly { readonly name: string; readonly state: Readonly<Record<string, object>> }[];
  };
}

/** Seconds a pod may take to start, and to carry its order out. */
const START_SECONDS = 120;
const WORK_SECONDS = 120;

/** A pod that the proof made. It is removed with `remove`. */
export class ProbePod {
  private constructor(
    private readonly api: Api,
    readonly object: PodObject,
    readonly container: string,
  ) {}

  /**
   * Makes a pod.
   * @param container The container that carries the order out.
   * @throws Error with the API server's message if it refuses
   */
  static async make(api: Api, object: PodObject, container: string, as?: Identity): Promise<ProbePod> {
    const path = `/api/v1/namespaces/${object.metadata.namespace}/pods`;
    const answer = await api.call({ method: "POST", path, body: object, ...(as === undefined ? {} : { as }) });
    if (answer.status !== 201) {
      throw new Error(`pod ${object.metadata.namespace}/${object.metadata.name}: ${messageOf(answer)}`);
    }
    return new ProbePod(api, object, container);
  }

  /** Waits until it runs and returns its own address and its node's. */
  async untilListening(): Promise<{ readonly address: string; readonly node: string }> {
    await this.untilPrinted("listening", START_SECONDS);
    const { podIP, hostIP } = (await this.read()).status;
    if (podIP === undefined || hostIP === undefined) {
      throw new Error(`pod ${this.object.metadata.name} has no address`);
    }
    return { address: podIP, node: hostIP };
  }

  /** Waits until all tries were made. */
  async results(): Promise<ReadonlyMap<string, ProbeResult>> {
    await this.untilPrinted("done", START_SECONDS + WORK_SECONDS);
    const lines = (await this.log()).split("\n").filter((line) => line.startsWith("{"));
    return new Map(
      lines.map((line): [string, ProbeResult] => {
        const result: ProbeResult = JSON.parse(line);
        return [result.name, result];
      }),
    );
  }

  async remove(): Promise<void> {
    await this.api.call({ method: "DELETE", path: `${this.path}?gracePeriodSeconds=3` });
  }

  private get path(): string {
    return `/api/v1/namespaces/${this.object.metadata.namespace}/pods/${this.object.metadata.name}`;
  }

  private async read(): Promise<PodStatus> {
    return this.api.get<PodStatus>(this.path);
  }

  private async log(): Promise<string> {
    // There is none while the container has not started.
    return (await this.api.text(`${this.path}/log?container=${this.container}`)) ?? "";
  }

  private async untilPrinted(line: string, limitSeconds: number): Promise<void> {
    const { namespace, name } = this.object.metadata;
    const options = {
      what: `pod ${namespace}/${name} prints "${line}"`,
      limitSeconds,
      everyMilliseconds: 500,
      hopeless: async () => this.failure(),
    };
    await until(options, async () => (await this.log()).split("\n").includes(line));
  }

  private async failure(): Promise<string | undefined> {
    const { status } = await this.read();
    return status.phase === "Failed" ? `it failed: ${(await this.log()).slice(-500)}` : undefined;
  }
}

/** A pod with no restriction of any kind, where only controls run. */
export function unrestrictedPod(
  place: { readonly namespace: string; readonly name: string; readonly image: string; readonly hostNetwork?: boolean },
  order: Order,
): PodObject {
  const { namespace, name, image, hostNetwork = false } = place;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: {}, annotations: {} },
    spec: {
      hostNetwork,
      restartPolicy: "Never",
      containers: [
        {
          name: "main",
          image,
          imagePullPolicy: "IfNotPresent",
          command: [...probeCommand(order)],
          securityContext: { runAsUser: 0, capabilities: { add: ["NET_ADMIN"] } },
        },
      ],
    },
  };
}
