import { type CoreV1Api, type CustomObjectsApi, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { ifAny } from "../../api/api-error.ts";
import { HEADS, type Head } from "../../api/pages.ts";
import { isNotedIn, type RecordedAct } from "../../runs/act.ts";
import { READER_LABEL } from "../../runs/annotations.ts";
import { NIGHT_ACTS, type NightAct, type NightActStatus } from "../../runs/night-act.ts";
import { nightControlName } from "../../runs/night-control.ts";
import type { NightControl } from "../../runs/night-state.ts";
import type { CronWorkflow } from "../../runs/schedule.ts";
import { ARGO, type Workflow, type WorkflowSpecTemplate } from "../../runs/workflow.ts";

/** Field manager of nightwatch's changes. */
const FIELD_MANAGER = "nightwatch";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** A workflow that an act starts. */
export interface NewWorkflow {
  readonly name: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether it reads a kept log, and so is not a night. @default false */
  readonly reader?: boolean;
}

/** Everything that nightwatch changes in a lane, request by request. */
export class LaneWriter {
  constructor(
    private readonly objects: CustomObjectsApi,
    private readonly core: CoreV1Api,
  ) {}

  async workflow(namespace: string, name: string): Promise<Workflow | undefined> {
    return ifAny(this.objects.getNamespacedCustomObject({ ...ARGO, namespace, plural: "workflows", name }));
  }

  async template(namespace: string, name: string): Promise<WorkflowSpecTemplate | undefined> {
    const request = { ...ARGO, namespace, plural: "workflowtemplates", name };
    const found: { readonly spec: WorkflowSpecTemplate } | undefined = await ifAny(
      this.objects.getNamespacedCustomObject(request),
    );
    return found?.spec;
  }

  /** Names of the lane's templates, the newest first. */
  async templates(namespace: string): Promise<readonly string[]> {
    const request = { ...ARGO, namespace, plural: "workflowtemplates" };
    const list: { readonly items: readonly Pick<Workflow, "metadata">[] } =
      await this.objects.listNamespacedCustomObject(request);
    return list.items
      .map(({ metadata }) => metadata)
      .sort((a, b) => (b.creationTimestamp ?? "").localeCompare(a.creationTimestamp ?? ""))
      .map(({ name }) => name);
  }

  async schedule(namespace: string, name: string): Promise<CronWorkflow | undefined> {
    return ifAny(this.objects.getNamespacedCustomObject({ ...ARGO, namespace, plural: "cronworkflows", name }));
  }

  async patchWorkflow(namespace: string, name: string, patch: object): Promise<void> {
    const request = { ...ARGO, namespace, plural: "workflows", name, body: patch, fieldManager: FIELD_MANAGER };
    await this.objects.patchNamespacedCustomObject(request, MERGE);
  }

  /** Changes a schedule that is still as it was read: a process that slept in between must not undo what others did. */
  async patchSchedule(
    { metadata }: CronWorkflow,
    patch: { readonly metadata: object; readonly spec: object },
  ): Promise<void> {
    const { namespace, name, resourceVersion } = metadata;
    const body = { ...patch, metadata: { ...patch.metadata, resourceVersion } };
    const request = { ...ARGO, namespace, plural: "cronworkflows", name, body, fieldManager: FIELD_MANAGER };
    await this.objects.patchNamespacedCustomObject(request, MERGE);
  }

  /** @returns its name */
  async create(namespace: string, workflow: NewWorkflow): Promise<string> {
    const { name, template, parameters, annotations, reader } = workflow;
    const body = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: {
        name,
        namespace,
        annotations,
        ...(reader === true ? { labels: { [READER_LABEL]: "yes" } } : {}),
      },
      spec: {
        workflowTemplateRef: { name: template },
        arguments: { parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, value })) },
      },
    };
    const request = { ...ARGO, namespace, plural: "workflows", body, fieldManager: FIELD_MANAGER };
    const made: Pick<Workflow, "metadata"> = await this.objects.createNamespacedCustomObject(request);
    return made.metadata.name;
  }

  /** What a night's control ConfigMap asks for. */
  async control(namespace: string, workflow: string): Promise<NightControl> {
    const request = { namespace, name: nightControlName(workflow) };
    return (await ifAny(this.core.readNamespacedConfigMap(request)))?.data ?? {};
  }

  /** Merges into a night's control ConfigMap, as it was read, unless that has the note already; creates it, owned by the workflow, if there is none. */
  async writeControl(
    workflow: Workflow,
    data: NightControl,
    annotations: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { name, namespace, uid = "" } = workflow.metadata;
    const owner = { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", name, uid };
    const body = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: nightControlName(name),
        // Argo reads only ConfigMaps that carry this label.
        labels: { "workflows.argoproj.io/configmap-type": "Parameter" },
        annotations: { ...annotations },
        ownerReferences: [owner],
      },
      data: { ...data },
    };
    const change = { namespace, fieldManager: FIELD_MANAGER };
    const before = await ifAny(this.core.readNamespacedConfigMap({ namespace, name: body.metadata.name }));
    if (before === undefined) {
      await this.core.createNamespacedConfigMap({ ...change, body });
    } else if (!isNoted(before.metadata?.annotations, annotations)) {
      const asRead = { ...body, metadata: { ...body.metadata, resourceVersion: before.metadata?.resourceVersion } };
      await this.core.patchNamespacedConfigMap({ ...change, name: body.metadata.name, body: asRead }, MERGE);
    }
  }

  /**
   * Annotates the pod of a workflow's node, as it was read, unless it has the note already.
   * @returns false if the pod does not exist
   */
  async orderPod(
    { metadata: { namespace, name } }: Workflow,
    node: string,
    order: Readonly<Record<string, string>>,
    note: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const { items } = await this.core.listNamespacedPod({
      namespace,
      labelSelector: `workflows.argoproj.io/workflow=${name}`,
    });
    const pod = items.find(({ metadata }) => metadata?.annotations?.["workflows.argoproj.io/node-id"] === node);
    if (pod?.metadata?.name === undefined) {
      return false;
    }
    if (!isNoted(pod.metadata.annotations, note)) {
      const { resourceVersion } = pod.metadata;
      const body = { metadata: { annotations: { ...order, ...note }, resourceVersion } };
      const request = { namespace, name: pod.metadata.name, body, fieldManager: FIELD_MANAGER };
      await this.core.patchNamespacedPod(request, MERGE);
    }
    return true;
  }

  /** Whether an act is noted outside of the workflow: on the control ConfigMap, or on a pod. */
  async isNotedBeside(
    { metadata: { namespace, name } }: Workflow,
    note: Readonly<Record<string, string>>,
    onPods: boolean,
  ): Promise<boolean> {
    if (!onPods) {
      const request = { namespace, name: nightControlName(name) };
      const control = await ifAny(this.core.readNamespacedConfigMap(request));
      return isNoted(control?.metadata?.annotations, note);
    }
    const labelSelector = `workflows.argoproj.io/workflow=${name}`;
    const { items } = await this.core.listNamespacedPod({ namespace, labelSelector });
    return items.some(({ metadata }) => isNoted(metadata?.annotations, note));
  }

  /** Number of workflows in a lane, as its quota counts them. */
  async workflowCount(namespace: string): Promise<number> {
    return (await this.workflowHeads(namespace)).length;
  }

  /** Whether a workflow of a lane has an act's note: the act has started it. */
  async hasStarted(namespace: string, act: RecordedAct): Promise<boolean> {
    return (await this.workflowHeads(namespace)).some(({ metadata }) => isNotedIn(metadata.annotations, act));
  }

  private async workflowHeads(namespace: string): Promise<readonly Head[]> {
    const request = { ...ARGO, namespace, plural: "workflows" };
    const list: { readonly items: readonly Head[] | null } = await this.objects.listNamespacedCustomObject(
      request,
      HEADS,
    );
    return list.items ?? [];
  }

  /** An act as it is now. */
  async act({ metadata: { namespace, name } }: NightAct): Promise<NightAct | undefined> {
    return ifAny(this.objects.getNamespacedCustomObject({ ...NIGHT_ACTS, namespace, name }));
  }

  /** Writes the progress of an act that is still as it was read. @returns the act with it */
  async writeStatus({ metadata }: NightAct, status: NightActStatus): Promise<NightAct> {
    const { name, namespace, resourceVersion } = metadata;
    const body = { metadata: { resourceVersion }, status };
    const request = { ...NIGHT_ACTS, namespace, name, body, fieldManager: FIELD_MANAGER };
    return await this.objects.patchNamespacedCustomObjectStatus(request, MERGE);
  }

  async removeAct({ metadata: { name, namespace, uid } }: NightAct): Promise<void> {
    const body = uid === undefined ? {} : { preconditions: { uid } };
    await ifAny(this.objects.deleteNamespacedCustomObject({ ...NIGHT_ACTS, namespace, name, body }));
  }
}

/** Whether an act is noted on an object, so that it was begun before. */
function isNoted(
  annotations: Readonly<Record<string, string>> | undefined,
  note: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(note).every(([key, value]) => annotations?.[key] === value);
}
