import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { localTime } from "../../../runs/local-time.ts";
import { NIGHT_SCHEDULE } from "../../../runs/run-name.ts";
import type { FarmPaths } from "../paths.ts";

const ARGO = { group: "argoproj.io", version: "v1alpha1", plural: "cronworkflows" } as const;
const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** A CronWorkflow, as far as it is moved. */
interface Schedule {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly schedules: readonly string[];
    readonly timezone?: string;
    readonly workflowSpec: {
      readonly workflowTemplateRef: { readonly name: string };
      readonly arguments?: { readonly parameters: readonly { readonly name: string; readonly value: string }[] };
    };
  };
}

/** When a schedule is due, and what it starts then. */
export interface Move {
  /** The minutes, milliseconds since the epoch. */
  readonly at: readonly number[];
  /** WorkflowTemplate that it starts. @default - the one it starts anyway */
  readonly template?: string;
  /** Further parameters that it starts it with. @default - none */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Annotations that it has in the meantime; null removes one. @default - those it has anyway */
  readonly annotations?: Readonly<Record<string, string | null>>;
}

/** A lane's schedule that is moved as its deployer may move it, as often as needed, and restored in the end. */
export class MovedSchedule {
  private readonly touched = new Set<string>();

  private constructor(
    private readonly objects: CustomObjectsApi,
    private readonly request: Parameters<CustomObjectsApi["getNamespacedCustomObject"]>[0],
    private readonly before: Schedule,
  ) {}

  /** Remembers a customer's schedule as it is: that of the night, of a further one or of the reaper. */
  static async of(paths: FarmPaths, customer: string, name: string = NIGHT_SCHEDULE): Promise<MovedSchedule> {
    const config = new KubeConfig();
    config.loadFromFile(paths.centralKubeconfig);
    const objects = config.makeApiClient(CustomObjectsApi);
    const request = { ...ARGO, namespace: laneNamespace(customer), name };
    return new MovedSchedule(objects, request, await objects.getNamespacedCustomObject(request));
  }

  /** Time zone of the schedule. */
  get timezone(): string {
    return this.before.spec.timezone ?? "UTC";
  }

  /** Name that Argo gives to the workflow of a minute. */
  workflowOf(at: number): string {
    return `${this.request.name}-${at / 1000}`;
  }

  async move({ at, template, parameters, annotations = {} }: Move): Promise<void> {
    for (const key of Object.keys(annotations)) {
      this.touched.add(key);
    }
    const { workflowTemplateRef } = this.before.spec.workflowSpec;
    await this.patch({
      metadata: { annotations },
      spec: {
        schedules: [...new Set(at)].map((instant) => daily(instant, this.timezone)),
        workflowSpec: {
          workflowTemplateRef: { name: template ?? workflowTemplateRef.name },
          ...this.startsWith(parameters),
        },
      },
    });
  }

  /** Changes the parameters that it starts workflows with. */
  async setParameters(parameters: Readonly<Record<string, string>>): Promise<void> {
    await this.patch({ spec: { workflowSpec: this.startsWith(parameters) } });
  }

  /** Restores it. */
  async restore(): Promise<void> {
    const { metadata, spec } = this.before;
    const annotations = [...this.touched].map((key) => [key, metadata.annotations?.[key] ?? null]);
    await this.patch({ metadata: { annotations: Object.fromEntries(annotations) }, spec });
  }

  private startsWith(more: Readonly<Record<string, string>> = {}): object {
    const parameters = [
      ...(this.before.spec.workflowSpec.arguments?.parameters ?? []),
      ...Object.entries(more).map(([key, value]) => ({ name: key, value })),
    ];
    return parameters.length === 0 ? {} : { arguments: { parameters } };
  }

  private async patch(body: object): Promise<void> {
    await this.objects.patchNamespacedCustomObject({ ...this.request, body }, MERGE);
  }
}

/** A schedule for each day at the local time of an instant. */
function daily(at: number, timezone: string): string {
  const [hour, minute] = localTime(at, timezone).time.split(":").map(Number);
  return `${minute} ${hour} * * *`;
}
