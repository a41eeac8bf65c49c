import { until } from "../../farm/wait.ts";
import { type Api, messageOf } from "../../support/api.ts";
import { ARGO_CONTROLLER, type ArgoPodProps, argoPod } from "../argo-pod.ts";
import { type Order, ProbePod, probeCommand, unrestrictedPod } from "./probe-pod.ts";

/** Namespace of the proof's own pods, which nothing restricts. No policy looks there, and it exists only meanwhile. */
export const PROBE_NAMESPACE = "nightlane-probe";

/** Label of everything that the proof makes outside the lanes. */
const MADE = { "nightlane/probe": "true" };

/** Everything that the proof makes in a cluster, and how it is removed again. */
export class ProbeSite {
  private readonly pods: ProbePod[] = [];
  private readonly namespaces: string[] = [];
  private readonly objects: string[] = [];
  private count = 0;
  /** Name of a Workflow in each lane whose pods those of the proof pass for. */
  readonly workflow = `night-isolation-probe-${Date.now().toString(36)}`;

  /** @param image The runner's image, of which all pods of the proof are made. */
  constructor(
    private readonly api: Api,
    private readonly image: string,
  ) {}

  /** Makes a namespace without any restriction unless there is one of the name; returns whether it made it. */
  async namespace(name: string): Promise<boolean> {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: MADE } };
    const gone = { what: `an earlier namespace ${name} is gone`, limitSeconds: 120, everyMilliseconds: 1000 };
    await until(gone, async () => !(await this.isEnding(name)));
    const answer = await this.api.call({ method: "POST", path: "/api/v1/namespaces", body });
    if (answer.status === 409) {
      return false;
    }
    if (answer.status !== 201) {
      throw new Error(`namespace ${name}: ${messageOf(answer)}`);
    }
    this.namespaces.push(name);
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    const furnished = { what: `namespace ${name} has its default account`, limitSeconds: 60 };
    await until(furnished, async () => (await this.api.call({ method: "GET", path: account })).status === 200);
    return true;
  }

  /** A compromised runner: made by the Argo controller as any other, but it carries out an order of the proof. */
  async runner(props: Omit<ArgoPodProps, "name" | "command">, order: Order): Promise<ProbePod> {
    const object = argoPod({ ...props, name: this.name(), command: probeCommand(order) });
    return this.keep(await ProbePod.make(this.api, object, "main", ARGO_CONTROLLER));
  }

  /** A pod that nothing restricts. */
  async unrestricted(namespace: string, order: Order, hostNetwork = false): Promise<ProbePod> {
    const object = unrestrictedPod({ namespace, name: this.name(), image: this.image, hostNetwork }, order);
    return this.keep(await ProbePod.make(this.api, object, "main"));
  }

  /** Records an object that somebody else made for the proof. */
  alsoRemove(path: string): void {
    this.objects.push(path);
  }

  /** Removes everything again, and waits until it is gone. */
  async clear(): Promise<void> {
    await Promise.all(this.pods.map((pod) => pod.remove()));
    for (const path of [...this.objects, ...this.namespaces.map((name) => `/api/v1/namespaces/${name}`)]) {
      await this.api.call({ method: "DELETE", path });
    }
    for (const name of this.namespaces) {
      const gone = { what: `namespace ${name} is gone`, limitSeconds: 120, everyMilliseconds: 1000 };
      await until(
        gone,
        async () => (await this.api.call({ method: "GET", path: `/api/v1/namespaces/${name}` })).status === 404,
      );
    }
  }

  private keep(pod: ProbePod): ProbePod {
    this.pods.push(pod);
    return pod;
  }

  private name(): string {
    this.count += 1;
    return `${this.workflow}-probe-${this.count}`;
  }

  private async isEnding(namespace: string): Promise<boolean> {
    const answer = await this.api.call({ method: "GET", path: `/api/v1/namespaces/${namespace}` });
    const { metadata } = answer.body as { readonly metadata?: { readonly deletionTimestamp?: string } };
    return answer.status === 200 && metadata?.deletionTimestamp !== undefined;
  }
}
