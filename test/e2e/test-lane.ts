import { CoreV1Api, CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { Central } from "../../ops/central.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { startNight } from "../farm/nights/start-night.ts";
import type { FarmPaths } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";

const MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const ARGO = { group: "argoproj.io", version: "v1alpha1" } as const;

/** A night that a test has started. */
export interface TestNight {
  readonly workflow: string;
  readonly businessDate: string;
  /** Number of the run. */
  readonly number: number;
}

/** A customer's lane as its administrator uses it: nights that a test starts, and what happens to them. */
export class TestLane {
  private readonly central: Central;
  private readonly core: CoreV1Api;
  private readonly objects: CustomObjectsApi;
  private readonly namespace: string;
  private readonly templates: string[] = [];
  private readonly places: string[] = [];
  private readonly nights = new Set<string>();
  /** Puts the quota back. */
  private quota: () => Promise<void> = async () => {};

  constructor(
    private readonly paths: FarmPaths,
    customer: string,
  ) {
    const config = new KubeConfig();
    config.loadFromFile(paths.centralKubeconfig);
    this.central = Central.fromKubeconfig(paths.centralKubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.objects = config.makeApiClient(CustomObjectsApi);
    this.namespace = laneNamespace(customer);
  }

  /** Makes a template, or the places of one of its groups, which are removed at the end. */
  async create(template: Manifest): Promise<void> {
    const { name } = template.metadata;
    if (template.kind === "ConfigMap") {
      await this.core.createNamespacedConfigMap({ namespace: this.namespace, body: template });
      this.places.push(name);
      return;
    }
    const request = { ...ARGO, namespace: this.namespace, plural: "workflowtemplates", body: template };
    await this.objects.createNamespacedCustomObject(request);
    this.templates.push(name);
  }

  /**
   * Gives the lane, until the end, the room for objects that a quota of another definition gives. It has as many runners
   * at once as before: a small machine has no room for more.
   */
  async takeCounts({ spec }: Manifest): Promise<void> {
    const { hard } = spec as { readonly hard: Readonly<Record<string, string>> };
    const request = { namespace: this.namespace, name: "lane" };
    const before = (await this.core.readNamespacedResourceQuota(request)).spec?.hard;
    const set = async (limits: unknown): Promise<void> => {
      const body = { spec: { hard: limits } };
      await this.core.patchNamespacedResourceQuota({ ...request, body }, MERGE);
    };
    await set(Object.fromEntries(Object.entries(hard).filter(([name]) => name.startsWith("count/"))));
    this.quota = () => set(before);
  }

  /**
   * Starts a run of a date under a number that was never used, not even by a workflow that is gone: the lane's volume
   * remembers what the runners of a run did.
   */
  async startNight(businessDate: string, template: string): Promise<TestNight> {
    const number = Math.floor(Date.now() / 1000) % 1_000_000;
    const workflow = await startNight(this.paths.centralKubeconfig, this.namespace, {
      businessDate,
      runNumber: number,
      template,
    });
    this.nights.add(workflow);
    return { workflow, businessDate, number };
  }

  /** Creates a night's workflow under a name that no command would give it. */
  async createNight(
    name: string,
    night: { readonly businessDate: string; readonly runNumber: number; readonly template: string },
  ): Promise<void> {
    const parameters = [
      { name: "business-date", value: night.businessDate },
      { name: "run-number", value: String(night.runNumber) },
    ];
    const body = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { name, namespace: this.namespace },
      spec: { workflowTemplateRef: { name: night.template }, arguments: { parameters } },
    };
    await this.objects.createNamespacedCustomObject({ ...ARGO, namespace: this.namespace, plural: "workflows", body });
  }

  /** Starts a workflow of a template without parameters. */
  async startWorkflow(template: string): Promise<void> {
    const body = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { generateName: "reaper-", namespace: this.namespace },
      spec: { workflowTemplateRef: { name: template } },
    };
    await this.objects.createNamespacedCustomObject({ ...ARGO, namespace: this.namespace, plural: "workflows", body });
  }

  /** What `argo stop` does, even to a paused night, which Argo would not end. */
  async stopNight(night: string): Promise<void> {
    const body = { spec: { shutdown: "Stop", suspend: null } };
    await this.objects.patchNamespacedCustomObject(
      { ...ARGO, namespace: this.namespace, plural: "workflows", name: night, body },
      MERGE,
    );
  }

  /** Deletes a night's workflow, and returns once its pods are gone too. */
  async deleteNight(night: string): Promise<void> {
    const request = { ...ARGO, namespace: this.namespace, plural: "workflows", name: night };
    await this.objects.deleteNamespacedCustomObject({ ...request, propagationPolicy: "Background" });
    this.nights.delete(night);
    await until({ what: `the pods of ${night} are gone`, limitSeconds: 120, everyMilliseconds: 500 }, async () => {
      return (await this.central.pods(this.namespace, night)).length === 0;
    });
  }

  /** Name of the pod in which a step's runner works. */
  async runnerPod(night: string, step: string): Promise<string> {
    const labelSelector = `workflows.argoproj.io/workflow=${night},nightlane/step=${step}`;
    const { items } = await this.core.listNamespacedPod({ namespace: this.namespace, labelSelector });
    const pod = items.find(({ status }) => status?.phase === "Running")?.metadata?.name;
    if (pod === undefined) {
      throw new Error(`${step} of ${night} has no runner`);
    }
    return pod;
  }

  /** Removes a pod at once, as the loss of its node would: neither hook nor signal is waited for. */
  async removeByForce(name: string): Promise<void> {
    await this.core.deleteNamespacedPod({ name, namespace: this.namespace, gracePeriodSeconds: 0 });
  }

  /** Stops what still runs, and removes the templates. */
  async end(): Promise<void> {
    for (const night of this.nights) {
      await this.stopNight(night);
    }
    await this.quota();
    for (const name of this.places) {
      await this.core.deleteNamespacedConfigMap({ namespace: this.namespace, name });
    }
    for (const name of this.templates) {
      await this.objects.deleteNamespacedCustomObject({
        ...ARGO,
        namespace: this.namespace,
        plural: "workflowtemplates",
        name,
      });
    }
  }
}
