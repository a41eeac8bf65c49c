import { randomBytes } from "node:crypto";
import { CoreV1Api, CustomObjectsApi, KubeConfig, VersionApi } from "@kubernetes/client-node";
import { expect, onTestFinished } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../../constructs/platform/nightwatch-rbac.ts";
import { ActArchive } from "../../nightwatch/acts/act-archive.ts";
import { ActDesk } from "../../nightwatch/acts/act-desk.ts";
import { LaneWriter } from "../../nightwatch/acts/lane-writer.ts";
import type { RunSource } from "../../nightwatch/acts/start-nights.ts";
import { actName, NIGHT_ACTS, type NightAct, type NightActSpec } from "../../runs/night-act.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import type { Workflow, WorkflowNode } from "../../runs/workflow.ts";
import { storeNight } from "../boundary/admission/prepare.ts";
import { ARGO_CONTROLLER } from "../boundary/argo-pod.ts";
import { until } from "../farm/wait.ts";
import { type Call, messageOf } from "../support/api.ts";
import { GuardedCluster } from "./admission-support.ts";
import { serviceAccountKubeconfig } from "./service-account.ts";

/** The lane whose nights acts are about. */
export const NAMESPACE = "customer-nordbank";

/** Somebody on call. */
export const ANNA = { user: "anna@vendor.example", groups: ["nightlane:oncall", "system:authenticated"] };

const ARGO = { group: "argoproj.io", version: "v1alpha1", namespace: NAMESPACE } as const;

const ACTS_PATH = `/apis/nightlane.example/v1/namespaces/${NAMESPACE}/nightacts`;

/** Nightwatch ends before, or right after, one of its writes. */
class EndOfNightwatch extends Error {}

/**
 * Acts as nightwatch carries them out, with exactly its rights and under all policies, on nights that no controller
 * touches: what an act has written is seen as it is.
 */
export class ActStage {
  private stored = 0;

  private constructor(
    readonly cluster: GuardedCluster,
    readonly objects: CustomObjectsApi,
    readonly core: CoreV1Api,
    readonly version: VersionApi,
  ) {}

  static async start(): Promise<ActStage> {
    const cluster = await GuardedCluster.start();
    const config = new KubeConfig();
    config.loadFromFile(await serviceAccountKubeconfig(cluster.central, SYSTEM_NAMESPACE, NIGHTWATCH_SERVICE_ACCOUNT));
    const counted = { what: "the lane's acts are counted", limitSeconds: 120, everyMilliseconds: 500 };
    const quota = `/api/v1/namespaces/${NAMESPACE}/resourcequotas/lane`;
    await until(counted, async () => {
      const { status } = await cluster.api.get<{ readonly status?: { readonly used?: object } }>(quota);
      return "count/nightacts.nightlane.example" in (status?.used ?? {});
    });
    return new ActStage(
      cluster,
      config.makeApiClient(CustomObjectsApi),
      config.makeApiClient(CoreV1Api),
      config.makeApiClient(VersionApi),
    );
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
  }

  writer(): LaneWriter {
    return new LaneWriter(this.objects, this.core);
  }

  /** A writer that ends after so many writes. */
  endingWriter(writes: number): LaneWriter {
    let left = writes;
    return new Proxy(this.writer(), {
      get(target, property, receiver) {
        const method: unknown = Reflect.get(target, property, receiver);
        if (typeof method !== "function" || !/^(patch|write|create|order)/.test(String(property))) {
          return method;
        }
        return async (...args: readonly unknown[]): Promise<unknown> => {
          if (left === 0) {
            throw new EndOfNightwatch(`${String(property)} was never sent`);
          }
          left -= 1;
          const result: unknown = await Reflect.apply(method, target, args);
          if (left === 0) {
            throw new EndOfNightwatch(`the answer to ${String(property)} was never read`);
          }
          return result;
        };
      },
    });
  }

  desk(
    writer: LaneWriter = this.writer(),
    clock = Date.now,
    source: RunSource = {
      runs: async () => [],
      furtherSchedules: () => 0,
      nextStart: () => undefined,
      noteAct: async () => {},
    },
  ): ActDesk {
    const archive = new ActArchive(this.objects, SYSTEM_NAMESPACE, 90);
    return new ActDesk({ writer, archive, source, clock, log: () => {} });
  }

  async ask(
    spec: Omit<NightActSpec, "by" | "reason">,
    as = ANNA,
    reason = "test",
    namespace = NAMESPACE,
  ): Promise<NightAct> {
    const answer = await this.tryToAsk(spec, as, reason, namespace);
    expect(messageOf(answer)).toBe("201");
    return answer.body as NightAct;
  }

  tryToAsk(...act: Parameters<ActStage["asking"]>): ReturnType<GuardedCluster["api"]["call"]> {
    return this.cluster.api.call(this.asking(...act));
  }

  /** The request that asks for an act. */
  asking(
    spec: Omit<NightActSpec, "by" | "reason">,
    as = ANNA,
    reason = "test",
    namespace = NAMESPACE,
    name = actName(new Date(), randomBytes(3).toString("hex")),
  ): Call {
    const path = `/apis/nightlane.example/v1/namespaces/${namespace}/nightacts`;
    const body = {
      apiVersion: "nightlane.example/v1",
      kind: "NightAct",
      metadata: { name, namespace },
      spec: { ...spec, by: as.user, reason },
    };
    return { method: "POST", path, body, as };
  }

  /** Asks for something else under the name of another act. */
  askAgain({ metadata }: NightAct, spec: Omit<NightActSpec, "by" | "reason">): ReturnType<ActStage["tryToAsk"]> {
    return this.tryToAsk(spec, ANNA, "test", NAMESPACE, metadata.name);
  }

  async actNow({ metadata: { name } }: NightAct): Promise<NightAct> {
    return this.objects.getNamespacedCustomObject({ ...NIGHT_ACTS, namespace: NAMESPACE, name });
  }

  /** How many acts the lane has, once its quota has counted just as many. */
  async countedActs(): Promise<number> {
    const quota = `/api/v1/namespaces/${NAMESPACE}/resourcequotas/lane`;
    const counted = { what: "the quota has counted the lane's acts", limitSeconds: 400, everyMilliseconds: 500 };
    let acts = 0;
    await until(counted, async () => {
      const { status } = await this.cluster.api.get<{ readonly status: { readonly used: Record<string, string> } }>(
        quota,
      );
      acts = (await this.cluster.api.get<{ readonly items: readonly object[] }>(ACTS_PATH)).items.length;
      return status.used["count/nightacts.nightlane.example"] === `${acts}`;
    });
    return acts;
  }

  async night(name: string, namespace = NAMESPACE): Promise<Workflow> {
    return this.objects.getNamespacedCustomObject({ ...ARGO, namespace, plural: "workflows", name });
  }

  async scheduleNow(): Promise<CronWorkflow> {
    return this.objects.getNamespacedCustomObject({ ...ARGO, plural: "cronworkflows", name: "night" });
  }

  /** What a test has made takes no room from the others. */
  async remove(name: string): Promise<void> {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/workflows/${name}`;
    expect(messageOf(await this.cluster.api.call({ method: "DELETE", path }))).toBe("200");
  }

  /** A night whose step market has failed and waits for a decision, or is at another point. */
  async newNight(nodes = attempt, namespace = NAMESPACE): Promise<string> {
    this.stored += 1;
    const template = this.cluster.manifest(namespace.replace("customer-", ""), "WorkflowTemplate");
    const name = `night-acts-${this.stored}`;
    await storeNight(this.cluster.api, { namespace, template }, name);
    await this.asArgo(name, { nodes: nodes(name) }, namespace);
    return name;
  }

  /** Writes of a night what Argo's controller would. */
  async asArgo(name: string, status: object, namespace = NAMESPACE): Promise<void> {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows/${name}`;
    const answer = await this.cluster.api.call({ method: "PATCH", path, body: { status }, as: ARGO_CONTROLLER });
    expect(messageOf(answer)).toBe("200");
  }

  /** The pod of the attempt of a night, until the test has finished: a lane has room for few. */
  async storePod(workflow: string): Promise<string> {
    const { metadata, ...pod } = this.cluster.pod(`${workflow}-market`);
    const labels = { ...metadata.labels, "workflows.argoproj.io/workflow": workflow };
    const annotations = { ...metadata.annotations, "workflows.argoproj.io/node-id": `${workflow}-1` };
    const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
    const body = { ...pod, metadata: { ...metadata, labels, annotations } };
    expect(messageOf(await this.cluster.api.call({ method: "POST", path, body, as: ARGO_CONTROLLER }))).toBe("201");
    onTestFinished(async () => {
      const one = { method: "DELETE", path: `${path}/${metadata.name}` } as const;
      expect(messageOf(await this.cluster.api.call(one))).toBe("200");
    });
    return metadata.name;
  }
}

/** Has a desk take an act and do what it can at once. */
export async function take(one: ActDesk, act: NightAct): Promise<void> {
  one.note(act);
  await one.idle();
  await one.end();
}

/** What Argo has made of a step whose first attempt failed. */
export function attempt(workflow: string): Readonly<Record<string, WorkflowNode>> {
  const node = (id: string, more: Partial<WorkflowNode>): readonly [string, WorkflowNode] => [
    id,
    { id, name: id, displayName: id, type: "DAG", phase: "Running", ...more },
  ];
  const decide = `${workflow}-2`;
  return Object.fromEntries([
    node(`${workflow}-10`, { displayName: "market", templateName: "step-exec-1a2b3c" }),
    node(`${workflow}-11`, {
      templateName: "attempt-exec-1a2b3c",
      boundaryID: `${workflow}-10`,
      inputs: { parameters: [{ name: "attempt", value: "1" }] },
    }),
    node(`${workflow}-1`, {
      templateName: "run-exec-1a2b3c",
      type: "Pod",
      phase: "Failed",
      boundaryID: `${workflow}-11`,
    }),
    node(decide, {
      type: "Suspend",
      templateName: "decide",
      boundaryID: `${workflow}-11`,
      inputs: { parameters: [{ name: "step", value: "market" }] },
      outputs: { parameters: [{ name: "decision", valueFrom: { supplied: {} } }] },
    }),
  ]);
}

/** The same before it failed: its runner works. */
export function running(workflow: string): Readonly<Record<string, WorkflowNode>> {
  const { [`${workflow}-2`]: _, [`${workflow}-1`]: pod, ...others } = attempt(workflow);
  return { ...others, ...(pod === undefined ? {} : { [pod.id]: { ...pod, phase: "Running" } }) };
}

export function decisionOf(nodes: Readonly<Record<string, WorkflowNode>> | undefined, name: string): string {
  const node = nodes?.[`${name}-2`];
  return `${node?.phase} ${node?.outputs?.parameters?.[0]?.value}`;
}
