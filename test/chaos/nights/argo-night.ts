import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Workflow } from "../../../runs/workflow.ts";
import { repositoryRoot } from "../../farm/paths.ts";
import { until } from "../../farm/wait.ts";
import { Handle } from "../injection/handle.ts";
import { deletePod, type PodHead, podsOf } from "../injection/pods.ts";
import { ARGO_BASELINE } from "../site/argo-baseline.ts";
import type { Site } from "../site/site.ts";
import { baselineJob } from "./baseline-job.ts";
import { Night, type NightLook, type VariantName } from "./night.ts";

const WORKFLOWS = `/apis/argoproj.io/v1alpha1/namespaces/${ARGO_BASELINE}/workflows`;

interface WorkflowFile {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A night by `test/bench/baseline/argo-resource.yaml`, under a controller in the customer's own cluster. */
export class ArgoNight extends Night {
  readonly variant: VariantName = "argo resource";
  protected readonly folder: string;
  protected readonly label: readonly [string, string];
  private readonly night: string;
  private workflow = "";

  constructor(site: Site, name: string, number: number) {
    super(site, name);
    this.night = `argo-${number}`;
    this.folder = join(site.remote, this.night);
    this.label = ["night", this.night];
  }

  async start(): Promise<void> {
    const { site, night } = this;
    const job = baselineJob(site, { night, folder: `/results/${night}` });
    const manifest = { ...job, metadata: { ...job.metadata, generateName: `${night}-`, namespace: site.namespace } };
    const parameters = {
      night,
      job: JSON.stringify(manifest),
      results: night,
      image: site.images.runner,
      volume: site.remote,
    };
    const file = parse(
      readFileSync(join(repositoryRoot, "test", "bench", "baseline", "argo-resource.yaml"), "utf8"),
    ) as WorkflowFile;
    const body = {
      ...file,
      spec: {
        ...file.spec,
        arguments: { parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })) },
      },
    };
    const answer = await site.remoteApi.call({ method: "POST", path: WORKFLOWS, body });
    if (answer.status !== 201) {
      throw new Error(`${this.name} was refused: ${JSON.stringify(answer.body)}`);
    }
    this.workflow = (answer.body as Workflow).metadata.name;
  }

  async startAgain(): Promise<void> {
    await this.start();
  }

  async look(): Promise<NightLook> {
    let status: Workflow["status"];
    try {
      ({ status } = await this.site.remoteApi.get<Workflow>(`${WORKFLOWS}/${this.workflow}`));
    } catch {
      return { kind: "running" };
    }
    if (status?.phase === "Succeeded") {
      return { kind: "done" };
    }
    if (status?.phase !== "Failed" && status?.phase !== "Error") {
      return { kind: "running" };
    }
    const words = Object.values(status.nodes ?? {}).map(({ message }) => message ?? "");
    return {
      kind: "stopped",
      message: [status.message ?? "", ...new Set(words)].filter((one) => one !== "").join("; "),
    };
  }

  home(): string {
    return join(this.folder, "archive");
  }

  async handle(): Promise<Handle> {
    const pod = await this.pod("revaluation");
    return Handle.byEnvironment(`ARGO_POD_NAME=${pod.name}`);
  }

  async killBeforeJob(): Promise<void> {
    await this.start();
    await deletePod(this.site.remoteApi, await this.pod("revaluation"), "at once");
  }

  async killAfterCreate(): Promise<void> {
    await this.start();
    const pod = await this.pod("revaluation");
    await this.untilJob();
    await deletePod(this.site.remoteApi, pod, "at once");
  }

  async killWhileBringing(): Promise<void> {
    await this.release();
    await deletePod(this.site.remoteApi, await this.pod("archive"), "at once");
  }

  async cleanUp(): Promise<void> {
    await this.site.endWorkflow(this.site.remoteApi, ARGO_BASELINE, this.workflow);
  }

  protected folders(): readonly string[] {
    return [];
  }

  /** The newest pod that does a step. */
  async pod(step: string): Promise<PodHead> {
    let found: PodHead | undefined;
    const what = `a pod of ${step} of ${this.name} exists`;
    await until({ what, limitSeconds: 420, everyMilliseconds: 50 }, async () => {
      const pods = await podsOf(this.site.remoteApi, ARGO_BASELINE, this.workflow);
      found = pods.filter(({ node }) => node.includes(`.${step}`)).at(-1);
      return found !== undefined;
    });
    if (found === undefined) {
      throw new Error(what);
    }
    return found;
  }

  /** The API server that it runs under. */
  get siteApi(): Site["remoteApi"] {
    return this.site.remoteApi;
  }

  /** Whether the results have begun to come home. */
  get isBringing(): boolean {
    return existsSync(`${this.home()}.partial`);
  }
}
