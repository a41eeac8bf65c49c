import { setTimeout as delay } from "node:timers/promises";
import { CoreV1Api, KubeConfig, PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { type BusinessCalendar, isBusinessDay, isHalfDay, reasonOf } from "../../runs/business-calendar.ts";
import { ownerOf } from "../../runs/lane-namespace.ts";
import { isDay } from "../../runs/local-time.ts";
import { executorOf } from "../boundary/admission/lane.ts";
import { Api, messageOf } from "../support/api.ts";
import { variantOf } from "../support/night-variant.ts";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** How a runner of a step ends. */
export interface Ending {
  readonly exitCode: number;
  readonly message?: string;
  /** Output parameters, as the executor would report them. */
  readonly outputs?: Readonly<Record<string, string>>;
}

/** A runner that was started. */
export interface StartedRunner {
  readonly customer: string;
  /** `calendar` for the calendar, `reuse <step>` for taking a step's results over, `read` for a reader of kept logs. */
  readonly step: string;
  readonly businessDate: string;
  readonly runNumber: number;
  readonly attempt: number;
  readonly pod: string;
}

interface RunnerInput {
  readonly run?: { readonly businessDate: string; readonly number: number };
  readonly reuse?: object;
  readonly sweep?: object;
  readonly step?: string;
  readonly attempt?: number;
  readonly calendar?: { readonly businessDate: string; readonly calendar: BusinessCalendar };
  readonly anew?: { readonly fromStep: string; readonly steps: readonly (readonly [string, ...number[]])[] };
  readonly read?: { readonly businessDate: string; readonly run: string; readonly attempt: string };
}

/**
 * Plays the kubelet, the runner and Argo's executor for the pods that the real controller makes: a pod runs until the
 * test ends its step; the calendar answers at once; an order to stop ends the runner the way the real one ends.
 */
export class PlayedKubelet {
  /** Decides how a runner ends whose ending was not decided by name. @default - it runs on */
  otherwise: (runner: StartedRunner) => Ending | undefined = () => undefined;
  /** Every runner that was started, in their order. */
  readonly started: StartedRunner[] = [];
  /** Every start and every end of a runner, in their order. */
  readonly turns: { readonly runner: StartedRunner; readonly runs: boolean }[] = [];
  private readonly core: CoreV1Api;
  private api: Api | undefined;
  private readonly seen = new Map<string, StartedRunner & { readonly namespace: string; readonly nodeId: string }>();
  private readonly endings = new Map<string, Ending>();
  private readonly ended = new Set<string>();
  private playing: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly kubeconfig: string,
    private readonly namespaces: readonly string[],
  ) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
  }

  start(): void {
    this.playing = this.play();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.playing;
    this.api?.close();
  }

  /** Decides how the runner of a step's attempt ends, now or as soon as it runs. */
  end(customer: string, step: string, attempt: number, ending: Ending): void {
    this.endings.set(`${customer}/${step}/${attempt}`, ending);
  }

  /** How many runners a step has had. */
  starts(customer: string, step: string): number {
    return this.started.filter((one) => one.customer === customer && one.step === step).length;
  }

  private async play(): Promise<void> {
    while (!this.stopped) {
      for (const namespace of this.namespaces) {
        const { items } = await this.core.listNamespacedPod({
          namespace,
          labelSelector: "workflows.argoproj.io/workflow",
        });
        for (const pod of items) {
          await this.turn(namespace, pod);
        }
      }
      await delay(150);
    }
  }

  private async turn(namespace: string, pod: V1Pod): Promise<void> {
    const uid = pod.metadata?.uid ?? "";
    const name = pod.metadata?.name ?? "";
    if (this.ended.has(uid)) {
      return;
    }
    const known = this.seen.get(uid);
    if (known === undefined) {
      const runner = runnerOf(namespace, pod);
      this.seen.set(uid, {
        ...runner,
        namespace,
        nodeId: pod.metadata?.annotations?.["workflows.argoproj.io/node-id"] ?? "",
      });
      this.started.push(runner);
      this.turns.push({ runner, runs: true });
      await this.setStatus(namespace, name, "Running", undefined);
      return;
    }
    const ordered = pod.metadata?.annotations?.["nightlane/order"] === "stop";
    const ending = ordered
      ? STOPPED
      : (this.endings.get(`${known.customer}/${known.step}/${known.attempt}`) ??
        this.byItself(pod) ??
        this.otherwise(known));
    if (ending !== undefined) {
      this.ended.add(uid);
      this.turns.push({ runner: known, runs: false });
      await this.report(known.namespace, pod, known.nodeId, ending);
      await this.setStatus(namespace, name, ending.exitCode === 0 ? "Succeeded" : "Failed", ending);
    }
  }

  /** The calendar ends by itself, with what its calendar says of the date. So does the sweep. */
  private byItself(pod: V1Pod): Ending | undefined {
    const { calendar, sweep, anew } = inputOf(pod);
    if (sweep !== undefined) {
      return { exitCode: 0 };
    }
    if (calendar === undefined) {
      return undefined;
    }
    const { businessDate: asked, calendar: days } = calendar;
    // A night that the schedule has started, since its minute came while the tests ran: it is to run no step beside
    // theirs.
    const isScheduled = !isDay(asked);
    const businessDate = isScheduled ? new Date().toISOString().slice(0, 10) : asked;
    return {
      exitCode: 0,
      outputs: {
        "business-date": businessDate,
        open: !isScheduled && isBusinessDay(days, businessDate) ? "yes" : "no",
        variant: variantOf(days, businessDate),
        "half-day": isHalfDay(days, businessDate) ? "yes" : "no",
        reason: reasonOf(days, businessDate),
        anew: anewOf(anew),
      },
    };
  }

  private async setStatus(
    namespace: string,
    name: string,
    phase: "Running" | "Succeeded" | "Failed",
    ending: Ending | undefined,
  ): Promise<void> {
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const state = (code: number, message?: string): object =>
      ending === undefined
        ? { running: { startedAt: now } }
        : {
            terminated: {
              exitCode: code,
              startedAt: now,
              finishedAt: now,
              ...(message === undefined ? {} : { message }),
            },
          };
    const container = (container: string, code: number, message?: string): object => ({
      name: container,
      image: "played",
      imageID: "played",
      ready: false,
      restartCount: 0,
      state: state(code, message),
    });
    const body = {
      status: {
        phase,
        startTime: now,
        containerStatuses: [container("main", ending?.exitCode ?? 0, ending?.message), container("wait", 0)],
      },
    };
    await this.core.patchNamespacedPodStatus({ namespace, name, body }, MERGE);
  }

  private async report(namespace: string, pod: V1Pod, nodeId: string, ending: Ending): Promise<void> {
    const labels = {
      "workflows.argoproj.io/workflow": pod.metadata?.labels?.["workflows.argoproj.io/workflow"] ?? "",
      "workflows.argoproj.io/report-outputs-completed": "true",
    };
    // The executor reports a parameter as the template declares it.
    const parameters = declaredOutputs(pod).flatMap((parameter) => {
      const value = ending.outputs?.[parameter.name] ?? parameter.valueFrom?.default;
      return value === undefined ? [] : [{ ...parameter, value }];
    });
    const ownerReferences = (pod.metadata?.ownerReferences ?? []).map(({ apiVersion, kind, name, uid }) => ({
      apiVersion,
      kind,
      name,
      uid,
    }));
    this.api ??= await Api.fromKubeconfig(this.kubeconfig);
    const request = {
      method: "POST",
      path: `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflowtaskresults`,
      as: executorOf(namespace, pod.metadata?.name ?? ""),
      body: {
        apiVersion: "argoproj.io/v1alpha1",
        kind: "WorkflowTaskResult",
        metadata: { name: nodeId, namespace, labels, ownerReferences },
        ...(parameters.length === 0 ? {} : { outputs: { parameters } }),
      },
    } as const;
    let answer = await this.api.call(request);
    // Two reports at one moment count against one quota: Argo's executor asks again, and so does this one.
    for (let tries = 1; answer.status === 409 && tries < TRIES; tries += 1) {
      await delay(150);
      answer = await this.api.call(request);
    }
    if (answer.status !== 201) {
      throw new Error(`the report of ${pod.metadata?.name}: ${messageOf(answer)}`);
    }
  }
}

/**
 * Which steps run from scratch, as the runner reports it: all, or the first and what comes after it, between commas.
 */
function anewOf({ fromStep, steps }: NonNullable<RunnerInput["anew"]> = { fromStep: "", steps: [] }): string {
  if (fromStep === "") {
    return "all";
  }
  const found = new Set(steps.flatMap(([name], place) => (name === fromStep ? [place] : [])));
  for (const [place, [, ...before]] of steps.entries()) {
    if (before.some((one) => found.has(one))) {
      found.add(place);
    }
  }
  return `,${steps.flatMap(([name], place) => (found.has(place) ? [name] : [])).join(",")},`;
}

const TRIES = 10;

const STOPPED: Ending = { exitCode: 40, message: "This step was stopped by the operator; its Job was cancelled." };

/** The output parameters that a pod's template declares. */
function declaredOutputs(pod: V1Pod): readonly DeclaredOutput[] {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const text = containers.flatMap(({ env = [] }) => env).find(({ name }) => name === "ARGO_TEMPLATE")?.value;
  const template: { readonly outputs?: { readonly parameters?: readonly DeclaredOutput[] } } = JSON.parse(text ?? "{}");
  return template.outputs?.parameters ?? [];
}

/** An output of a template, as Argo hands it to a pod. */
interface DeclaredOutput {
  readonly name: string;
  readonly valueFrom?: { readonly path?: string; readonly default?: string };
  readonly globalName?: string;
}

function inputOf(pod: V1Pod): RunnerInput {
  const main = pod.spec?.containers.find((container) => container.name === "main");
  return JSON.parse(main?.env?.find((variable) => variable.name === "NIGHTLANE_STEP")?.value ?? "{}");
}

function runnerOf(namespace: string, pod: V1Pod): StartedRunner {
  const input = inputOf(pod);
  const { read } = input;
  if (read !== undefined) {
    return {
      customer: ownerOf(namespace),
      step: "read",
      businessDate: read.businessDate,
      runNumber: Number(read.run),
      attempt: Number(read.attempt),
      pod: pod.metadata?.name ?? "",
    };
  }
  return {
    customer: ownerOf(namespace),
    step: input.reuse === undefined ? (input.step ?? "calendar") : `reuse ${input.step}`,
    businessDate: input.run?.businessDate ?? input.calendar?.businessDate ?? "",
    runNumber: Number(input.run?.number ?? 0),
    attempt: input.attempt ?? 1,
    pod: pod.metadata?.name ?? "",
  };
}
