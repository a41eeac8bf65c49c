import { until } from "../../farm/wait.ts";
import type { Api } from "../../support/api.ts";

/** A pod of a workflow. */
export interface PodHead {
  readonly namespace: string;
  readonly name: string;
  /** Name of the workflow's node that it belongs to. */
  readonly node: string;
  readonly phase: string;
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: { readonly phase?: string };
}

/** Pods of a workflow that are not being deleted, oldest first. */
export async function podsOf(api: Api, namespace: string, workflow: string): Promise<readonly PodHead[]> {
  const query = `labelSelector=workflows.argoproj.io/workflow=${workflow}`;
  const { items } = await api.get<{ readonly items: readonly Pod[] }>(`/api/v1/namespaces/${namespace}/pods?${query}`);
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((one, other) => one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp))
    .map(({ metadata, status }) => ({
      namespace,
      name: metadata.name,
      node: metadata.annotations?.["workflows.argoproj.io/node-name"] ?? "",
      phase: status?.phase ?? "",
    }));
}

/** Deletes a pod: with its grace period, or at once, as the loss of its node does. */
export async function deletePod(
  api: Api,
  { namespace, name }: Pick<PodHead, "namespace" | "name">,
  how: "gracefully" | "at once",
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const body = how === "at once" ? { gracePeriodSeconds: 0 } : {};
  const { status } = await api.call({ method: "DELETE", path, body });
  if (status !== 200 && status !== 202 && status !== 404) {
    throw new Error(`DELETE ${path} answered ${status}`);
  }
}

/** Asks for a pod's eviction, as a drain does. */
export async function evictPod(api: Api, { namespace, name }: Pick<PodHead, "namespace" | "name">): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const { status } = await api.call({ method: "POST", path, body });
  if (status !== 201) {
    throw new Error(`POST ${path} answered ${status}`);
  }
}

/** Whether a kubelet has evicted a pod; a pod that was removed afterwards counts too. */
export async function isPodEvicted(
  api: Api,
  { namespace, name }: Pick<PodHead, "namespace" | "name">,
): Promise<boolean> {
  const { status, body } = await api.call({ method: "GET", path: `/api/v1/namespaces/${namespace}/pods/${name}` });
  return status === 404 || (body as { readonly status?: { readonly reason?: string } }).status?.reason === "Evicted";
}

/** Deletes every selected pod at once, as a crash of its node would. */
export async function crashPods(api: Api, namespace: string, selector: string): Promise<void> {
  const { items } = await api.get<{ readonly items: readonly Pod[] }>(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`,
  );
  for (const { metadata } of items) {
    await deletePod(api, { namespace, name: metadata.name }, "at once");
  }
}

/** Whether a pod is gone from the API server. */
export async function isPodGone(api: Api, { namespace, name }: Pick<PodHead, "namespace" | "name">): Promise<boolean> {
  const { status } = await api.call({ method: "GET", path: `/api/v1/namespaces/${namespace}/pods/${name}` });
  return status === 404;
}

/** Gives a Deployment so many pods, and waits until it has them. */
export async function scaleDeployment(api: Api, namespace: string, name: string, replicas: number): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const { status } = await api.call({ method: "PATCH", path: `${path}/scale`, body: { spec: { replicas } } });
  if (status !== 200) {
    throw new Error(`PATCH ${path}/scale answered ${status}`);
  }
  await until({ what: `${name} has ${replicas} pods`, limitSeconds: 120, everyMilliseconds: 500 }, async () => {
    const { status: now } = await api.get<{
      readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
    }>(path);
    return (now?.replicas ?? 0) === replicas && (now?.readyReplicas ?? 0) === replicas;
  });
}
