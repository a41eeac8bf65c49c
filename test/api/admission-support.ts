import { customerFile, loadCustomer } from "../../constructs/definition/customer-files.ts";
import { images } from "../../constructs/definition/images.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { Platform } from "../../constructs/platform/platform.ts";
import { render, synthesize } from "../../constructs/synthesize.ts";
import type { LaneUnderTest } from "../boundary/admission/lane.ts";
import { NAMESPACE_EDITOR } from "../boundary/admission/namespace-attempts.ts";
import { storeNight } from "../boundary/admission/prepare.ts";
import { ARGO_CONTROLLER, argoPod, type PodObject } from "../boundary/argo-pod.ts";
import { until } from "../farm/wait.ts";
import { Api, type Identity, messageOf } from "../support/api.ts";
import { CentralApi } from "./support.ts";

interface PolicyObject {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly typeChecking?: { readonly expressionWarnings?: readonly { fieldRef: string; warning: string }[] };
  };
}

const POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";

/** A real API server with the platform's policies in force and two lanes, in which pods are stored but never run. */
export class GuardedCluster {
  private constructor(
    readonly central: CentralApi,
    readonly api: Api,
    readonly lanes: Readonly<Record<string, readonly Manifest[]>>,
  ) {}

  static async start(): Promise<GuardedCluster> {
    const central = await CentralApi.start();
    const api = await Api.fromKubeconfig(central.kubeconfig);
    const lanes: Record<string, readonly Manifest[]> = {};
    for (const name of ["nordbank", "alpenkredit"]) {
      lanes[name] = synthesize(await loadCustomer(name), customerFile(name)).lane;
    }
    const cluster = new GuardedCluster(central, api, lanes);
    const platform = render((app) => new Platform(app, "platform"));
    await cluster.apply(platform.filter((manifest) => manifest.kind !== "Deployment"));
    await cluster.untilPoliciesHold(platform);
    await cluster.untilQuotasCount();
    for (const lane of Object.values(lanes)) {
      await cluster.apply(lane);
    }
    await cluster.apply(NAMESPACE_EDITOR_RIGHTS);
    return cluster;
  }

  /** Applies manifests as the administrator, namespaces first. */
  async apply(manifests: readonly Manifest[]): Promise<void> {
    const file = this.central.folder.file(
      "apply.json",
      JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }),
    );
    // On a busy machine the API server may give up while it says what fields there are: kubectl asks for another try.
    const stored = { what: "the manifests are stored", limitSeconds: 180, everyMilliseconds: 1000 };
    await until(stored, async () => {
      try {
        await this.central.kubectl("apply", "--server-side", "-f", file);
        return true;
      } catch (error) {
        if (!String(error).includes("Please retry")) {
          throw error;
        }
        return false;
      }
    });
  }

  /** A namespace takes pods once its default account is there. */
  async untilServiceAccount(namespace: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    const furnished = { what: `${namespace} has its default account`, limitSeconds: 120 };
    await until(furnished, async () => (await this.api.call({ method: "GET", path })).status === 200);
  }

  /** What the API server found wrong with the types in the policies' expressions. */
  async typeWarnings(): Promise<readonly string[]> {
    const { items } = await this.api.get<{ items: readonly PolicyObject[] }>(POLICIES);
    return items.flatMap((policy) =>
      (policy.status?.typeChecking?.expressionWarnings ?? []).map(
        ({ fieldRef, warning }) => `${policy.metadata.name} ${fieldRef}: ${warning}`,
      ),
    );
  }

  /** One object of a lane. */
  manifest(customer: string, kind: string, name?: string): Manifest {
    const found = this.lanes[customer]?.find(
      (manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name),
    );
    if (found === undefined) {
      throw new Error(`${customer} has no ${kind} ${name ?? ""}`);
    }
    return found;
  }

  /** A pod as Argo makes it in nordbank's lane. */
  pod(name: string, template = this.manifest("nordbank", "WorkflowTemplate")): PodObject {
    return argoPod({
      template,
      namespace: "customer-nordbank",
      name,
      executorImage: images().argoExecutor,
    });
  }

  /** Nordbank's lane with a pod and a running night in it, as Argo would leave them. */
  async laneUnderTest(): Promise<LaneUnderTest> {
    const namespace = "customer-nordbank";
    const template = this.manifest("nordbank", "WorkflowTemplate");
    const storedPod = this.pod("stored");
    await this.store("/api/v1/namespaces/customer-nordbank/pods", storedPod, ARGO_CONTROLLER);
    const storedWorkflow = await storeNight(this.api, { namespace, template }, "night-stored");
    return {
      api: this.api,
      namespace,
      otherNamespace: "customer-alpenkredit",
      template,
      cron: this.manifest("nordbank", "CronWorkflow"),
      newPod: this.pod("attempt"),
      storedPod,
      storedWorkflow,
    };
  }

  private async store(path: string, body: unknown, as: Identity): Promise<void> {
    const answer = await this.api.call({ method: "POST", path, body, as });
    if (answer.status !== 201) {
      throw new Error(messageOf(answer));
    }
  }

  async stop(): Promise<void> {
    this.api.close();
    await this.central.stop();
  }

  /**
   * The quota controller looks for new kinds every half minute. A quota that it meets before that stays uncounted, and
   * refuses everything, until it looks at all quotas again five minutes later; so lanes wait until it knows Argo's.
   */
  private async untilQuotasCount(): Promise<void> {
    const path = "/api/v1/namespaces/default/resourcequotas";
    const name = "probe";
    const counted = ["count/workflows.argoproj.io", "count/nightacts.nightlane.example"];
    const body = { metadata: { name }, spec: { hard: Object.fromEntries(counted.map((what) => [what, "1"])) } };
    const known = {
      what: "the quota controller counts workflows and acts",
      limitSeconds: 120,
      everyMilliseconds: 2000,
    };
    let made = false;
    await until(known, async () => {
      if (made) {
        const quota = await this.api.get<{ status?: { used?: object } }>(`${path}/${name}`);
        await this.api.call({ method: "DELETE", path: `${path}/${name}` });
        if (counted.every((what) => what in (quota.status?.used ?? {}))) {
          return true;
        }
      }
      made = (await this.api.call({ method: "POST", path, body })).status === 201;
      return false;
    });
  }

  private async untilPoliciesHold(platform: readonly Manifest[]): Promise<void> {
    const expected = platform.filter((manifest) => manifest.kind === "ValidatingAdmissionPolicy").length;
    const checked = { what: "the API server has checked the policies' types", limitSeconds: 120 };
    await until(checked, async () => {
      const { items } = await this.api.get<{ items: readonly PolicyObject[] }>(POLICIES);
      return (
        items.length === expected &&
        items.every((policy) => policy.status?.observedGeneration === policy.metadata.generation)
      );
    });
    // The policies reach the admission plugin through a cache of its own; the last one bound is the last to arrive.
    const probe = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "probe" }, data: {} };
    const hold = { what: "the policies refuse", limitSeconds: 60 };
    await until(hold, async () => {
      const answer = await this.api.call({
        method: "POST",
        path: "/api/v1/namespaces/default/pods",
        body: {
          apiVersion: "v1",
          kind: "Pod",
          metadata: probe.metadata,
          spec: { containers: [{ name: "a", image: "a" }] },
        },
        dryRun: true,
        as: ARGO_CONTROLLER,
      });
      return messageOf(answer).includes("nightlane-pod-creation");
    });
  }
}

/** A right to change namespaces without the right to create them, which none of Nightlane's identities has. */
const NAMESPACE_EDITOR_RIGHTS: readonly Manifest[] = [
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "probe-namespace-editor" },
    rules: [{ apiGroups: [""], resources: ["namespaces"], verbs: ["get", "update", "patch"] }],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "probe-namespace-editor" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "probe-namespace-editor" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: NAMESPACE_EDITOR.groups[0] }],
  },
];
