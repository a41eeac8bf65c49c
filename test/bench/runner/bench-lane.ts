import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BatchV1Api, CustomObjectsApi, KubeConfig, type V1Job, type V1Pod } from "@kubernetes/client-node";
import { firstAddress } from "../../../constructs/definition/api-server.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { deployedApp, onResults, sparkRiskWorkflow } from "../../../constructs/index.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { contentName, NIGHT } from "../../../constructs/lane/content-name.ts";
import type { Night } from "../../../constructs/night/night.ts";
import type { Step } from "../../../constructs/night/step.ts";
import { nightSpec } from "../../../constructs/workflow/night-spec.ts";
import { Central } from "../../../ops/central.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { nextRunNumber } from "../../farm/nights/next-run-number.ts";
import { startNight } from "../../farm/nights/start-night.ts";
import type { FarmPaths } from "../../farm/paths.ts";
import { until } from "../../farm/wait.ts";
import { type DriverLogLines, type SleepingNight, sleepingNightTemplate } from "../../support/sleeping-night.ts";
import { FirstSeen } from "./first-seen.ts";

/** A business day on which nothing else runs. */
export const BUSINESS_DATE = "2026-03-24";

/** What the farm runs in every customer's cluster. */
const APPLICATION = deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } });

const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;

/** A night of steps in sequence. */
export interface BenchNight {
  readonly steps: number;
  /** Seconds that the work of each takes. */
  readonly workSeconds: number;
  /** What each driver writes to its log. @default - nothing */
  readonly log?: DriverLogLines;
}

/** When the parts of a step were first seen to have ended, milliseconds since the epoch. */
export interface StepEnd {
  /** The Job has its final condition. */
  readonly job: number;
  /** The runner's pod has ended, Argo's container beside it too. */
  readonly pod: number;
  /** The workflow says that the node has succeeded. */
  readonly node: number;
}

/** A night that has run. */
export interface RanNight {
  readonly runNumber: number;
  /** From its start to when it was seen to have succeeded. */
  readonly seconds: number;
  /** By name of the step. */
  readonly ends: ReadonlyMap<string, StepEnd>;
}

/** The lane in which nights are measured, and its customer's cluster, both watched all the time. */
export class BenchLane {
  /** Kubeconfig of our identity in the customer's cluster, by an address that this machine reaches. */
  readonly kubeconfig: string;
  readonly namespace: string;
  private readonly central: Central;
  private readonly centralKubeconfig: string;
  private readonly objects: CustomObjectsApi;
  private readonly jobs: FirstSeen<V1Job>;
  private readonly pods: FirstSeen<V1Pod>;
  private readonly workflows: FirstSeen<Workflow>;
  private readonly batch: BatchV1Api;
  private readonly templates: string[] = [];

  constructor(
    readonly definition: CustomerDefinition,
    paths: FarmPaths,
    folder: string,
  ) {
    const { cluster, name } = definition;
    this.namespace = laneNamespace(name);
    this.kubeconfig = join(folder, "customer.kubeconfig");
    const declared = readFileSync(paths.customer(name).kubeconfig, "utf8");
    writeFileSync(this.kubeconfig, declared.replace(new URL(cluster.server).hostname, firstAddress(cluster)), {
      mode: 0o600,
    });
    const centralConfig = configOf(paths.centralKubeconfig);
    this.centralKubeconfig = paths.centralKubeconfig;
    this.central = Central.fromKubeconfig(this.centralKubeconfig);
    this.objects = centralConfig.makeApiClient(CustomObjectsApi);
    this.batch = configOf(paths.customer(name).adminKubeconfig).makeApiClient(BatchV1Api);
    const lane = `namespaces/${this.namespace}`;
    this.jobs = new FirstSeen(
      configOf(this.kubeconfig),
      `/apis/batch/v1/namespaces/${cluster.namespace}/jobs`,
      endedJob,
    );
    this.pods = new FirstSeen(centralConfig, `/api/v1/${lane}/pods`, endedPod);
    this.workflows = new FirstSeen(centralConfig, `/apis/argoproj.io/v1alpha1/${lane}/workflows`, succeeded);
  }

  async start(): Promise<void> {
    await Promise.all([this.jobs.start(), this.pods.start(), this.workflows.start()]);
  }

  /** The template of a night of steps in sequence. */
  template({ steps, workSeconds, log }: BenchNight): Manifest {
    const inSequence: SleepingNight["steps"] = (night, options) => {
      let before: Step | undefined;
      for (let step = 1; step <= steps; step++) {
        before = night.spark(`step-${step}`, { ...options, ...(before === undefined ? {} : { after: before }) });
      }
    };
    return sleepingNightTemplate(this.definition, {
      workSeconds,
      steps: inSequence,
      ...(log === undefined ? {} : { log }),
    });
  }

  /** The number that the next night takes, and its Jobs with it. */
  async nextRunNumber(): Promise<number> {
    return nextRunNumber(this.central, this.namespace, BUSINESS_DATE);
  }

  /** Runs a night of steps in sequence to its end. */
  async run(night: BenchNight): Promise<RanNight> {
    const written = (night.log?.mebibytes ?? 0) / (night.log?.mebibytesPerSecond ?? 1);
    const limitSeconds = 120 + night.steps * (night.workSeconds + 2 * written + 60);
    const { name, runNumber, began } = await this.toItsEnd(this.template(night), limitSeconds);
    const { status } = await this.central.workflow(this.namespace, name);
    const runs = Object.values(status?.nodes ?? {}).filter(
      ({ type, templateName }) => type === "Pod" && templateName?.startsWith("run-"),
    );
    const ends = runs.map(({ id, templateName = "" }): [string, StepEnd] => {
      const step = templateName.slice("run-".length);
      return [step, this.endOf(`night/${BUSINESS_DATE}/regular/${runNumber} ${step}`, id)];
    });
    return { runNumber, seconds: ((this.workflows.at(name) ?? began) - began) / 1000, ends: new Map(ends) };
  }

  /** Runs a night of one command that is quiet for so many seconds to its end. */
  async runCommand(seconds: number): Promise<void> {
    const template = this.templateOf(
      (night) => void night.exec("step-1", { app: APPLICATION, command: ["sleep", `${seconds}`] }),
    );
    await this.toItsEnd(template, seconds + 180);
  }

  /**
   * Runs a night to its end that copies a file of that size, in a folder, out of the customer's volume and back to it.
   * @returns the number of its run, whose copy on the lane's volume is left
   */
  async runCopies(mebibytes: number): Promise<number> {
    const template = this.templateOf((night) => {
      const [folder, copy] = [night.path("large"), night.path("again")];
      const write = 'mkdir -p "$1" && head -c "$2" /dev/zero >"$1/file"';
      const made = night.exec("step-1", {
        app: APPLICATION,
        command: ["sh", "-c", write, "sh", folder, `${mebibytes * 2 ** 20}`],
      });
      const out = night.copyOut("step-2", { from: onResults("large"), to: "large", after: made });
      const back = night.copyIn("step-3", { from: "large", to: onResults("again"), after: out });
      night.exec("step-4", { app: APPLICATION, command: ["rm", "-r", folder, copy], after: back });
    });
    const { runNumber } = await this.toItsEnd(template, mebibytes + 300);
    return runNumber;
  }

  private templateOf(steps: (night: Night) => void): Manifest {
    const workflow = sparkRiskWorkflow({ schedule: this.definition.workflow.schedule, steps });
    const spec = nightSpec({ ...this.definition, workflow });
    const metadata = { name: contentName(NIGHT, spec), namespace: this.namespace };
    return { apiVersion: "argoproj.io/v1alpha1", kind: "WorkflowTemplate", metadata, spec };
  }

  private async toItsEnd(
    template: Manifest,
    limitSeconds: number,
  ): Promise<{ readonly name: string; readonly runNumber: number; readonly began: number }> {
    await this.create(template);
    const runNumber = await this.nextRunNumber();
    const start = { businessDate: BUSINESS_DATE, runNumber, template: template.metadata.name };
    const began = Date.now();
    const name = await startNight(this.centralKubeconfig, this.namespace, start);
    await until(
      { what: `night ${name} has succeeded`, limitSeconds },
      async () => this.workflows.at(name) !== undefined,
    );
    return { name, runNumber, began };
  }

  /** Removes what was made for measuring, but for the workflows: a run number is not used twice. */
  async end(): Promise<void> {
    this.jobs.end();
    this.pods.end();
    this.workflows.end();
    const plural = "workflowtemplates";
    for (const name of this.templates) {
      await this.objects.deleteNamespacedCustomObject({ ...ARGO, namespace: this.namespace, plural, name });
    }
    const { namespace } = this.definition.cluster;
    const { items } = await this.batch.listNamespacedJob({ namespace });
    for (const { metadata } of items) {
      const name = metadata?.name ?? "";
      const ofBench = metadata?.annotations?.["nightlane/run-key"]?.includes(`/${BUSINESS_DATE}/`);
      if (ofBench === true || name.startsWith("bench-")) {
        await this.batch.deleteNamespacedJob({ namespace, name, propagationPolicy: "Background" });
      }
    }
  }

  private endOf(jobKey: string, node: string): StepEnd {
    const [job, pod, seen] = [this.jobs.at(jobKey), this.pods.at(node), this.workflows.at(node)];
    if (job === undefined || pod === undefined || seen === undefined) {
      throw new Error(`the end of ${jobKey} was not seen: Job ${job}, pod ${pod}, node ${seen}`);
    }
    return { job, pod, node: seen };
  }

  private async create(template: Manifest): Promise<void> {
    const { name } = template.metadata;
    if (!this.templates.includes(name)) {
      const plural = "workflowtemplates";
      await this.objects.createNamespacedCustomObject({ ...ARGO, namespace: this.namespace, plural, body: template });
      this.templates.push(name);
    }
  }
}

function configOf(file: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return config;
}

/** The run and step of a Job of the runner's that has ended. */
function endedJob({ metadata, status }: V1Job): readonly string[] {
  const ended = status?.conditions?.some(
    ({ type, status: holds }) => /^(Complete|Failed)$/.test(type) && holds === "True",
  );
  const { "nightlane/run-key": run, "nightlane/step": step } = metadata?.annotations ?? {};
  // The run's key without the customer.
  return ended === true && run !== undefined ? [`${run.slice(run.indexOf("/") + 1)} ${step}`] : [];
}

/** The node of a pod that has ended. */
function endedPod({ metadata, status }: V1Pod): readonly string[] {
  const ended = status?.phase === "Succeeded" || status?.phase === "Failed";
  return ended ? [metadata?.annotations?.["workflows.argoproj.io/node-id"] ?? ""] : [];
}

/** The nodes that have succeeded, and the workflow itself. */
function succeeded({ metadata, status }: Workflow): readonly string[] {
  const nodes = Object.values(status?.nodes ?? {}).filter(({ phase }) => phase === "Succeeded");
  return [...nodes.map(({ id }) => id), ...(status?.phase === "Succeeded" ? [metadata.name] : [])];
}
