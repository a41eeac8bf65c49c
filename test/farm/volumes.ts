import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Api } from "../support/api.ts";
import type { Claim } from "./plan.ts";
import { run } from "./run.ts";

/** StorageClass of results volumes, the default of every cluster in the farm. */
export const RESULTS_STORAGE_CLASS = "results";

/**
 * Volumes that stand ready for each claim. More than one, so that a lane that is destroyed and made again binds at
 * once; `farm up` and `farm add` fill up what was used.
 */
const READY_VOLUMES = 3;

const ANNOTATION = "nightlane-farm/claim";

/** A PersistentVolume as far as we look at it. */
export interface VolumeStatus {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly status?: { readonly phase?: string };
}

/** What must be done so that each claim finds a volume. */
export interface VolumeChanges {
  /** Volumes whose claim is gone: they can never be bound again. */
  readonly remove: readonly string[];
  readonly create: readonly { readonly name: string; readonly claim: Claim }[];
}

/** Decides which volumes to remove and to create for a claim. */
export function planVolumes(claim: Claim, existing: readonly VolumeStatus[]): VolumeChanges {
  const own = existing.filter((volume) => volume.metadata.annotations?.[ANNOTATION] === keyOf(claim));
  const isSpent = (volume: VolumeStatus): boolean => ["Released", "Failed"].includes(volume.status?.phase ?? "");
  const remove = own.filter(isSpent).map((volume) => volume.metadata.name);
  const free = own.filter((volume) => !isSpent(volume) && volume.status?.phase !== "Bound").length;
  const taken = new Set(own.map((volume) => volume.metadata.name));
  const names = Array.from(
    { length: taken.size + READY_VOLUMES },
    (_, index) => `${claim.name}-${claim.namespace}-${index + 1}`,
  );
  const create = names.filter((name) => !taken.has(name)).slice(0, Math.max(0, READY_VOLUMES - free));
  return { remove, create: create.map((name) => ({ name, claim })) };
}

/** Sees to it that each claim of a cluster finds an empty volume that any pod may write to. */
export async function ensureVolumes(
  client: Api,
  folder: string,
  claims: readonly Claim[],
): Promise<readonly unknown[]> {
  const list = await client.find<{ readonly items: readonly VolumeStatus[] }>("/api/v1/persistentvolumes");
  const changes = claims.map((claim) => planVolumes(claim, list?.items ?? []));
  for (const name of changes.flatMap((change) => change.remove)) {
    await client.call({ method: "DELETE", path: `/api/v1/persistentvolumes/${name}` });
    await rm(join(folder, name), { recursive: true, force: true });
  }
  const create = changes.flatMap((change) => change.create);
  await Promise.all(create.map(({ name }) => makeFolder(join(folder, name))));
  return create.map(({ name, claim }) => volumeObject(name, claim, join(folder, name)));
}

/** Removes the volumes that were ready for a claim, and those that it used, with everything in them. */
export async function removeVolumes(kubeconfig: string, folder: string, claim: Claim): Promise<void> {
  const client = await Api.fromKubeconfig(kubeconfig);
  try {
    const list = await client.find<{ readonly items: readonly VolumeStatus[] }>("/api/v1/persistentvolumes");
    const own = list?.items.filter((volume) => volume.metadata.annotations?.[ANNOTATION] === keyOf(claim)) ?? [];
    for (const { metadata } of own) {
      await client.call({ method: "DELETE", path: `/api/v1/persistentvolumes/${metadata.name}` });
      await rm(join(folder, metadata.name), { recursive: true, force: true });
    }
  } finally {
    client.close();
  }
}

/** The StorageClass that claims get which name none. */
export function storageClassObject(): unknown {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: RESULTS_STORAGE_CLASS, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "Immediate",
  };
}

/**
 * Like a file server that maps everybody to the same user: everybody may write to every folder in it, no matter who
 * made it. The default access list overrides the creator's umask.
 */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
  await run("setfacl", ["--modify", "default:user::rwx,default:group::rwx,default:other::rwx", folder]);
}

function volumeObject(name: string, claim: Claim, path: string): unknown {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, annotations: { [ANNOTATION]: keyOf(claim) } },
    spec: {
      // The folder is as large as the disk; the number only has to satisfy every claim.
      capacity: { storage: "10Ti" },
      accessModes: ["ReadWriteMany", "ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: RESULTS_STORAGE_CLASS,
      hostPath: { path, type: "Directory" },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", ...claim },
    },
  };
}

function keyOf(claim: Claim): string {
  return `${claim.namespace}/${claim.name}`;
}
