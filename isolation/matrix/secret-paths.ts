import { fields, text } from "../model/fields.ts";
import type { EstateView, OwnedObject } from "../model/view.ts";
import { scan } from "../scan/scan.ts";
import type { PathGroup } from "./path.ts";

/** Kinds from which pods come. */
const RUNS_PODS = new Set([
  "Pod",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "ReplicationController",
  "Workflow",
  "WorkflowTemplate",
  "CronWorkflow",
]);

/** How one customer gets at the credential, or the volume, of another, except by rights in the API (see `apiPaths`). */
export function secretPaths(view: EstateView): readonly PathGroup[] {
  return [
    ...view.objects.flatMap((owned) => [...foreignPods(view, owned), ...foreignReferences(view, owned)]),
    ...sharedIdentities(view),
    ...sharedVolumes(view),
  ];
}

/** A pod that one customer's file puts into another's lane can mount what is there. */
function foreignPods(view: EstateView, { manifest, owner, object }: OwnedObject): readonly PathGroup[] {
  const into = view.laneByNamespace.get(manifest.metadata.namespace ?? "");
  const isForeign = into !== undefined && view.laneByName.has(owner) && into.name !== owner;
  return isForeign && RUNS_PODS.has(manifest.kind)
    ? [secret([owner], [into.name], "runs pods in the other's lane, which may mount its credential", [object])]
    : [];
}

/** References that name the other's namespace themselves, which storage drivers and operators allow. */
function foreignReferences(view: EstateView, { manifest, owner, object }: OwnedObject): readonly PathGroup[] {
  if (!view.laneByName.has(owner)) {
    return [];
  }
  return scan(manifest).secretReferences.flatMap(({ namespace, name, path }) => {
    const lane = namespace === undefined ? undefined : view.laneByNamespace.get(namespace);
    return lane === undefined || lane.name === owner
      ? []
      : [secret([owner], [lane.name], `${path} refers to Secret ${name} of the other's lane`, [object])];
  });
}

/** Customers with one namespace of one API server are one identity there. */
function sharedIdentities(view: EstateView): readonly PathGroup[] {
  const byIdentity = groupBy(view.customers, ({ endpoint }) =>
    endpoint === undefined ? undefined : `${endpoint.hostname.toLowerCase()}:${endpoint.port} ${endpoint.namespace}`,
  );
  return byIdentity.map(([identity, lanes]) => {
    const names = lanes.map(({ name }) => name);
    const objects = names.map((name) => `customers/${name}.ts`);
    return secret(names, names, `is the same identity in the customer's cluster: ${identity}`, objects);
  });
}

/** Claims of several lanes that are bound to one volume, or made from another lane's. */
function sharedVolumes(view: EstateView): readonly PathGroup[] {
  const claims = view.objects.filter(({ manifest }) => manifest.kind === "PersistentVolumeClaim");
  const byVolume = groupBy(claims, ({ manifest }) => text(fields(manifest.spec).volumeName));
  const shared = byVolume.map(([volume, owned]) => {
    const names = [...new Set(owned.map(({ owner }) => owner))];
    return secret(
      names,
      names,
      `shares volume ${volume}`,
      owned.map(({ object }) => object),
    );
  });
  const copied = claims.flatMap(({ manifest, owner, object }) => {
    const source = text(fields(fields(manifest.spec).dataSourceRef).namespace);
    const lane = source === undefined ? undefined : view.laneByNamespace.get(source);
    return lane === undefined || lane.name === owner
      ? []
      : [secret([owner], [lane.name], "copies a volume of the other's lane", [object])];
  });
  return [...shared, ...copied].filter(({ from }) => from.length > 0);
}

/** Groups of two or more that have a key in common. */
function groupBy<T>(
  items: readonly T[],
  key: (item: T) => string | undefined,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name !== undefined) {
      groups.set(name, [...(groups.get(name) ?? []), item]);
    }
  }
  return [...groups].filter(([, group]) => group.length > 1);
}

function secret(from: readonly string[], to: readonly string[], how: string, objects: readonly string[]): PathGroup {
  return { kind: "secret", from, to, state: "open", how, objects };
}
