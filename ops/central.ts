import { once } from "node:events";
import type { Writable } from "node:stream";
import { AuthenticationV1Api, CoreV1Api, CustomObjectsApi, type KubeConfig, Log } from "@kubernetes/client-node";
import { FORBIDDEN, ifAny, isTaken } from "../api/api-error.ts";
import { HEADS } from "../api/pages.ts";
import { COLUMNS_ONLY } from "../api/tables.ts";
import { SYSTEM_NAMESPACE } from "../constructs/definition/central-cluster.ts";
import { NIGHTS_ONLY } from "../runs/annotations.ts";
import { defined } from "../runs/defined.ts";
import { laneNamespace } from "../runs/lane-namespace.ts";
import { isSettled, NIGHT_ACTS, type NightAct } from "../runs/night-act.ts";
import { furtherPipelines, pipelineOfRun, scheduleName } from "../runs/night-series.ts";
import { NIGHTWATCH_LEASE } from "../runs/nightwatch-lease.ts";
import { CUSTOMER_LABEL } from "../runs/run-record.ts";
import type { CronWorkflow } from "../runs/schedule.ts";
import { ARGO, type Workflow, type WorkflowSpecTemplate } from "../runs/workflow.ts";
import { Everywhere } from "./everywhere.ts";
import { loadKubeconfig } from "./kubeconfig.ts";
import { orUndefined, type RequestOptions, Requests } from "./requests.ts";
import { RunRecords } from "./run-records.ts";

/** Field manager of the command's changes. */
const FIELD_MANAGER = "nightlane";

/** A workflow without its content. */
export interface WorkflowHead {
  readonly name: string;
  readonly uid: string;
  readonly created: string;
  /** Whether it has ended. */
  readonly completed: boolean;
  /** Argo's phase; absent before Argo has begun it. */
  readonly phase?: string;
}

/** What verbs need to know of a workflow's pod. */
export interface StepPod {
  readonly name: string;
  /** Identifies this pod: Argo gives its replacement the same name. */
  readonly uid: string;
  readonly phase: string;
  /** The workflow node it belongs to. */
  readonly nodeId: string;
}

/** A requester, as the API server sees them. */
export interface Person {
  readonly name: string;
  readonly groups: readonly string[];
}

/** The central cluster, with the rights of a kubeconfig. */
export class Central {
  /** The records of earlier runs. */
  readonly runRecords: RunRecords;
  /** All lanes at once. */
  readonly everywhere: Everywhere;
  private readonly requests: Requests;
  private readonly objects: CustomObjectsApi;
  private readonly core: CoreV1Api;
  private readonly authentication: AuthenticationV1Api;
  private readonly logs: Log;
  private user: Promise<Person> | undefined;

  constructor(config: KubeConfig, options: RequestOptions = {}) {
    this.requests = new Requests(options);
    this.objects = this.requests.client(config, CustomObjectsApi);
    this.core = this.requests.client(config, CoreV1Api);
    this.authentication = this.requests.client(config, AuthenticationV1Api);
    this.logs = new Log(config);
    const tables = this.requests.client(config, CustomObjectsApi, COLUMNS_ONLY);
    this.runRecords = new RunRecords(this.requests, this.objects, tables);
    this.everywhere = new Everywhere(this.requests, this.objects);
  }

  /** @param kubeconfig Path of a kubeconfig. */
  static fromKubeconfig(kubeconfig: string, options: RequestOptions = {}): Central {
    return new Central(loadKubeconfig({ kubeconfig }), options);
  }

  /** Who the API server says we are. */
  async whoAmI(): Promise<Person> {
    this.user ??= this.requests.repeatable("ask who you are", async () => {
      const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
      const review = await this.authentication.createSelfSubjectReview({ body });
      const { username = "unknown", groups = [] } = review.status?.userInfo ?? {};
      return { name: username, groups };
    });
    return this.user;
  }

  /** A schedule of a lane. @param pipeline Which nights. @default "night" - the nightly ones */
  async schedule(namespace: string, pipeline?: string): Promise<CronWorkflow> {
    return this.read(scheduleIn(namespace, pipeline), `read the schedule of ${namespace}`);
  }

  /** The same; undefined if it is gone. */
  async scheduleIfAny(namespace: string, pipeline?: string): Promise<CronWorkflow | undefined> {
    return this.readIfAny(scheduleIn(namespace, pipeline), `read the schedule of ${namespace}`);
  }

  /** Names of a lane's further nights, by their schedules. */
  async furtherNights(namespace: string): Promise<readonly string[]> {
    const request = { ...ARGO, namespace, plural: "cronworkflows" };
    return furtherPipelines(
      await this.list<Pick<CronWorkflow, "metadata">>(request, `list the schedules of ${namespace}`, HEADS),
    );
  }

  /** A WorkflowTemplate's specification; undefined if there is none of that name. */
  async template(namespace: string, name: string): Promise<WorkflowSpecTemplate | undefined> {
    const request = { ...ARGO, namespace, plural: "workflowtemplates", name };
    const found = await this.readIfAny<{ readonly spec: WorkflowSpecTemplate }>(
      request,
      `read template ${name} of ${namespace}`,
    );
    return found?.spec;
  }

  /** The nights of a lane without their content, newest first. @param pipeline Only these. @default - all */
  async heads(namespace: string, pipeline?: string): Promise<readonly WorkflowHead[]> {
    const request = { ...ARGO, namespace, plural: "workflows", labelSelector: NIGHTS_ONLY };
    const what = `list the nights of ${namespace}`;
    const heads = headsOf(await this.list<Pick<Workflow, "metadata">>(request, what, HEADS));
    return pipeline === undefined ? heads : heads.filter(({ name }) => pipelineOfRun(name) === pipeline);
  }

  async workflow(namespace: string, name: string): Promise<Workflow> {
    return this.read({ ...ARGO, namespace, plural: "workflows", name }, `read night ${name} of ${namespace}`);
  }

  /**
   * The customers that have a lane here: from the namespaces or, without the right to list those, from the run records,
   * which do not name a customer before its first night.
   */
  async customers(): Promise<readonly string[]> {
    const names = await this.requests.repeatable("list the lanes", async () => {
      const list = await ifAny(this.core.listNamespace({ labelSelector: CUSTOMER_LABEL }), FORBIDDEN);
      return list?.items.flatMap(({ metadata }) => {
        const customer = metadata?.labels?.[CUSTOMER_LABEL];
        return customer !== undefined && metadata?.name === laneNamespace(customer) ? [customer] : [];
      });
    });
    return names ?? [...new Set((await this.runRecords.heads()).map(({ customer }) => customer))];
  }

  /**
   * Asks nightwatch for an act. If the name is taken, an earlier try succeeded and only its answer was lost.
   * @param options `dryRun`: whether the API server checks rights and admission, but stores nothing.
   */
  async createAct(act: Omit<NightAct, "status">, { dryRun }: { readonly dryRun: boolean }): Promise<void> {
    const { namespace } = act.metadata;
    const body = { apiVersion: `${NIGHT_ACTS.group}/${NIGHT_ACTS.version}`, kind: "NightAct", ...act };
    const request = { ...NIGHT_ACTS, namespace, body, fieldManager: FIELD_MANAGER, ...(dryRun && { dryRun: "All" }) };
    await this.requests.repeatable(`ask for ${act.spec.verb} in ${namespace}`, async () => {
      try {
        await this.objects.createNamespacedCustomObject(request);
      } catch (error) {
        if (!isTaken(error)) {
          throw error;
        }
      }
    });
  }

  /** An act and its progress. */
  async act(namespace: string, name: string): Promise<NightAct> {
    return this.read({ ...NIGHT_ACTS, namespace, name }, `read act ${name} of ${namespace}`);
  }

  /** Every act of which a copy is kept, of all customers or one, unordered. */
  async keptActs(customer?: string): Promise<readonly NightAct[]> {
    const labelSelector = customer === undefined ? CUSTOMER_LABEL : `${CUSTOMER_LABEL}=${customer}`;
    return this.list(
      { ...NIGHT_ACTS, namespace: SYSTEM_NAMESPACE, labelSelector, resourceVersion: "0" },
      "list the acts",
    );
  }

  /** Every act of a lane that it still keeps. */
  async acts(namespace: string): Promise<readonly NightAct[]> {
    return this.list({ ...NIGHT_ACTS, namespace }, `list the acts of ${namespace}`);
  }

  /** What changes whenever nightwatch shows that it is alive; undefined where nobody can tell. */
  async signOfNightwatch(): Promise<string | undefined> {
    const lease = { group: "coordination.k8s.io", version: "v1", plural: "leases", name: NIGHTWATCH_LEASE } as const;
    const found = await this.read<{ readonly spec?: { readonly renewTime?: string } }>(
      { ...lease, namespace: SYSTEM_NAMESPACE },
      "read the lease of nightwatch",
    ).catch(() => undefined);
    return found?.spec?.renewTime;
  }

  /** The acts of a lane that nightwatch has not settled yet; of all lanes, or undefined for a person who may only see single ones. */
  async openActs(namespace?: string): Promise<readonly NightAct[] | undefined> {
    const all = namespace === undefined ? await this.everywhere.acts() : await this.acts(namespace);
    return all?.filter((act) => act.metadata.namespace !== SYSTEM_NAMESPACE && !isSettled(act));
  }

  /** The data of a ConfigMap; undefined if there is none of that name. */
  async configMap(namespace: string, name: string): Promise<Readonly<Record<string, string>> | undefined> {
    return orUndefined(
      this.requests,
      `read ConfigMap ${name} of ${namespace}`,
      async () => (await this.core.readNamespacedConfigMap({ namespace, name })).data ?? {},
    );
  }

  /** The pods of a workflow that still exist: a successful one is kept for an hour, a failed one as long as its workflow. */
  async pods(namespace: string, workflow: string): Promise<readonly StepPod[]> {
    const list = await this.requests.repeatable(`list the pods of ${workflow} in ${namespace}`, () =>
      this.core.listNamespacedPod({ namespace, labelSelector: `workflows.argoproj.io/workflow=${workflow}` }),
    );
    return list.items.map(({ metadata, status }) => ({
      name: metadata?.name ?? "",
      uid: metadata?.uid ?? "",
      phase: status?.phase ?? "Unknown",
      nodeId: metadata?.annotations?.["workflows.argoproj.io/node-id"] ?? "",
    }));
  }

  /** Writes the log of a pod's runner to a stream, from its beginning or from a time on; returns at its end. */
  async runnerLog(
    namespace: string,
    pod: string,
    to: Writable,
    { follow, since }: { readonly follow: boolean; readonly since?: Date },
  ): Promise<void> {
    const ended = once(to, "finish");
    const from = since === undefined ? {} : { sinceTime: since.toISOString() };
    await this.requests.repeatable(`read the log of ${pod} in ${namespace}`, () =>
      this.logs.log(namespace, pod, "main", to, { follow, ...from }),
    );
    await ended;
  }

  private async read<Kind>(request: ObjectRequest, what: string): Promise<Kind> {
    return this.requests.repeatable(what, () => this.objects.getNamespacedCustomObject(request));
  }

  private async readIfAny<Kind>(request: ObjectRequest, what: string): Promise<Kind | undefined> {
    return orUndefined(this.requests, what, () => this.objects.getNamespacedCustomObject(request));
  }

  /** A list; one of heads comes without items where it is empty. */
  private async list<Item>(request: ListRequest, what: string, options?: typeof HEADS): Promise<readonly Item[]> {
    const list: { readonly items: readonly Item[] | null } = await this.requests.repeatable(what, () =>
      this.objects.listNamespacedCustomObject(request, options),
    );
    return list.items ?? [];
  }
}

type ObjectRequest = Parameters<CustomObjectsApi["getNamespacedCustomObject"]>[0];
type ListRequest = Parameters<CustomObjectsApi["listNamespacedCustomObject"]>[0];

function scheduleIn(namespace: string, pipeline: string | undefined): ObjectRequest {
  return { ...ARGO, namespace, plural: "cronworkflows", name: scheduleName(pipeline) };
}

/** Nights without their content, newest first. */
export function headsOf(nights: readonly Pick<Workflow, "metadata">[]): readonly WorkflowHead[] {
  return nights
    .map(({ metadata }) => ({
      name: metadata.name,
      uid: metadata.uid ?? "",
      created: metadata.creationTimestamp ?? "",
      completed: metadata.labels?.["workflows.argoproj.io/completed"] === "true",
      ...defined({ phase: metadata.labels?.["workflows.argoproj.io/phase"] }),
    }))
    .sort((a, b) => b.created.localeCompare(a.created) || b.name.localeCompare(a.name));
}
