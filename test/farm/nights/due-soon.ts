import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { laneNamespace } from "../../../constructs/definition/central-cluster.ts";
import { localTime } from "../../../runs/local-time.ts";
import { NIGHT_SCHEDULE, type REAPER_SCHEDULE } from "../../../runs/run-name.ts";
import type { FarmPaths } from "../paths.ts";

const ARGO = { group: "argoproj.io", version: "v1alpha1", plural: "cronworkflows" } as const;
const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const MINUTE = 60_000;

/** A CronWorkflow, as far as its minute is moved. */
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

/** What is due, and how. */
export interface DueSoonOptions {
  /** @default "night" */
  readonly schedule?: typeof NIGHT_SCHEDULE | typeof REAPER_SCHEDULE;
  /** WorkflowTemplate that the schedule starts meanwhile. @default - the one it starts anyway */
  readonly template?: string;
  /** Further parameters that it starts it with. @default - none */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Annotations that the schedule has meanwhile. @default - those it has anyway */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Seconds that are left at least until it is due. @default 15 */
  readonly leadSeconds?: number;
  /** Minutes after which it is due once more, by the same schedule. @default - once */
  readonly againAfterMinutes?: number;
}

/** A schedule whose minute is about to come. */
export interface DueSoon {
  /** Name that Argo will give to the workflow. */
  readonly workflow: string;
  /** The minute, milliseconds since the epoch. */
  readonly at: number;
  /** Name of the workflow of the second time it is due, and that minute; the first once more where there is none. */
  readonly again: Pick<DueSoon, "workflow" | "at">;
  /** Changes the parameters that it starts workflows with. */
  readonly setParameters: (parameters: Readonly<Record<string, string>>) => Promise<void>;
  /** Puts the schedule back as it was. */
  readonly restore: () => Promise<void>;
}

/**
 * Moves a lane's schedule to the next minute, as its deployer may, so that nobody has to wait for the evening: what
 * starts then is started by Argo's controller at the minute of a CronWorkflow, not by a command.
 */
export async function dueSoon(paths: FarmPaths, customer: string, options: DueSoonOptions = {}): Promise<DueSoon> {
  const config = new KubeConfig();
  config.loadFromFile(paths.centralKubeconfig);
  const objects = config.makeApiClient(CustomObjectsApi);
  const name = options.schedule ?? NIGHT_SCHEDULE;
  const request = { ...ARGO, namespace: laneNamespace(customer), name };
  const before: Schedule = await objects.getNamespacedCustomObject(request);
  const { spec } = before;
  const at = Math.ceil((Date.now() + (options.leadSeconds ?? 15) * 1000) / MINUTE) * MINUTE;
  const again = at + (options.againAfterMinutes ?? 0) * MINUTE;
  const startsWith = (more: Readonly<Record<string, string>> = {}): object => {
    const parameters = [
      ...(spec.workflowSpec.arguments?.parameters ?? []),
      ...Object.entries(more).map(([key, value]) => ({ name: key, value })),
    ];
    return parameters.length === 0 ? {} : { arguments: { parameters } };
  };
  const workflowOf = (instant: number): string => `${name}-${instant / 1000}`;
  const body = {
    metadata: { annotations: options.annotations ?? {} },
    spec: {
      schedules: [...new Set([at, again])].map((instant) => daily(instant, spec.timezone ?? "UTC")),
      workflowSpec: {
        workflowTemplateRef: { name: options.template ?? spec.workflowSpec.workflowTemplateRef.name },
        ...startsWith(options.parameters),
      },
    },
  };
  await objects.patchNamespacedCustomObject({ ...request, body }, MERGE);
  const restored = { metadata: { annotations: asBefore(before, options) }, spec };
  return {
    workflow: workflowOf(at),
    at,
    again: { workflow: workflowOf(again), at: again },
    setParameters: async (parameters) => {
      const changed = { spec: { workflowSpec: startsWith(parameters) } };
      await objects.patchNamespacedCustomObject({ ...request, body: changed }, MERGE);
    },
    restore: async () => {
      await objects.patchNamespacedCustomObject({ ...request, body: restored }, MERGE);
    },
  };
}

/** A schedule for each day at the local time of an instant. */
function daily(at: number, timezone: string): string {
  const [hour, minute] = localTime(at, timezone).time.split(":").map(Number);
  return `${minute} ${hour} * * *`;
}

/** The annotations to put back: those that were not there are taken away. */
function asBefore(before: Schedule, { annotations = {} }: DueSoonOptions): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.keys(annotations).map((key) => [key, before.metadata.annotations?.[key] ?? null]));
}
