import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import type { FarmPaths } from "../../farm/paths.ts";
import type { Api } from "../../support/api.ts";

interface ListedObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly spec?: unknown;
  /** Of a Secret. */
  readonly type?: string;
}

/** What a lane is made of, by the path of its list; `own` where the cluster changes the object's status by itself. */
const KINDS: readonly { readonly path: string; readonly own: boolean }[] = [
  ...["serviceaccounts", "secrets", "configmaps", "limitranges", "persistentvolumeclaims"].map((kind) => ({
    path: `/api/v1/namespaces/NS/${kind}`,
    own: false,
  })),
  { path: "/api/v1/namespaces/NS/resourcequotas", own: true },
  { path: "/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies", own: false },
  { path: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles", own: false },
  { path: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings", own: false },
  { path: "/apis/argoproj.io/v1alpha1/namespaces/NS/workflowtemplates", own: false },
  { path: "/apis/argoproj.io/v1alpha1/namespaces/NS/cronworkflows", own: true },
];

/**
 * What differs after anybody has deployed a customer's stack or touched an object of its lane: the state's content and
 * time, and each object's resourceVersion.
 */
export async function stackMarks(
  api: Api,
  paths: FarmPaths,
  customer: string,
): Promise<Readonly<Record<string, string>>> {
  const state = stateFile(paths, customer);
  const marks: Record<string, string> = {
    state: createHash("sha256").update(readFileSync(state)).digest("hex"),
    deployed: statSync(state).mtime.toISOString(),
  };
  for (const { path, own } of KINDS) {
    const list = path.replace("NS", laneNamespace(customer));
    const { items } = await api.get<{ readonly items: readonly ListedObject[] }>(list);
    for (const { metadata, spec, type } of items) {
      // The API server records when a token was last used, and a lane's schedules use it at any minute.
      const isToken = type === "kubernetes.io/service-account-token";
      const mark = own || isToken ? JSON.stringify(spec ?? type) : metadata.resourceVersion;
      marks[`${path.split("/").at(-1)}/${metadata.name}`] = `${metadata.uid} ${mark}`;
    }
  }
  return marks;
}

/** Where the farm's backend keeps a stack's state. */
export function stateFile(paths: FarmPaths, stack: string): string {
  return join(stateFolder(paths), "stacks", "nightlane", `${stack}.json`);
}

/** Pulumi's own folder in the farm's backend. */
export function stateFolder(paths: FarmPaths): string {
  return join(paths.cluster("central").root, "pulumi", "state", ".pulumi");
}
