import { RESULTS_CLAIM } from "../lane/results-volume.ts";
import { mebibytes } from "../night/amounts.ts";
import type { KeyReference, MountedVolume, PodSettings } from "../night/pod-settings.ts";

/** A part of a manifest, as Kubernetes writes it. */
export type Part = Readonly<Record<string, unknown>>;

/** User of the containers that a step starts, by the custom of Spark's own images. */
export const CONTAINER_USER = 185;

/**
 * Group of all steps, whatever their user, and of whatever keeps files on the results volume: each can write in a
 * folder that another one has made.
 */
export const RESULTS_GROUP = CONTAINER_USER;

/** Labels and annotations, for the pods of a step. */
export function podMetadata({ labels, annotations }: PodSettings): Part {
  return { ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
}

/** How a pod is placed, who it is, and its volumes: of drivers, executors and jobs alike. */
export function podSpec(settings: PodSettings): Part {
  const { nodeSelector, tolerations, affinity, priorityClass, imagePullSecrets, user = CONTAINER_USER } = settings;
  return {
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: RESULTS_GROUP,
      fsGroup: RESULTS_GROUP,
      // Access that the image or a claim gives the user's own group.
      ...(user === RESULTS_GROUP ? {} : { supplementalGroups: [user] }),
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
  };
}

/** The restrictions of a container. */
export function containerParts({ user = CONTAINER_USER }: PodSettings): Part {
  return {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: RESULTS_GROUP,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

/** Variables as Kubernetes writes them; a dollar sign in a text is not a reference to another variable. */
export function environment(env: PodSettings["env"] = {}): readonly Part[] {
  return Object.entries(env).map(([name, value]) =>
    typeof value === "string" ? { name, value: literal(value) } : { name, valueFrom: reference(value) },
  );
}

/** A text that Kubernetes passes on as it is: otherwise it would replace `$(NAME)` by a variable. */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function reference({ kind, name, key }: KeyReference): Part {
  return kind === "secretKey" ? { secretKeyRef: { name, key } } : { configMapKeyRef: { name, key } };
}

/** The volumes of a file and their mounts, by number: a path is not a valid name. */
export function mounts(volumes: PodSettings["volumes"] = {}): {
  readonly volumes: readonly Part[];
  readonly volumeMounts: readonly Part[];
} {
  const entries = Object.entries(volumes).map(([mountPath, volume], index) => ({
    name: `volume-${index + 1}`,
    mountPath,
    volume,
  }));
  return {
    volumes: entries.map(({ name, volume }) => ({ name, ...source(volume) })),
    volumeMounts: entries.map(({ name, mountPath, volume }) => ({
      name,
      mountPath,
      ...(isWritable(volume) ? {} : { readOnly: true }),
    })),
  };
}

/** The customer's results volume. */
export const RESULTS_VOLUME: Part = { name: "results", persistentVolumeClaim: { claimName: RESULTS_CLAIM } };
export const RESULTS_MOUNT: Part = { name: "results", mountPath: "/results" };

function source(volume: MountedVolume): Part {
  switch (volume.kind) {
    case "secret":
      return { secret: { secretName: volume.name } };
    case "configMap":
      return { configMap: { name: volume.name } };
    case "claim":
      return { persistentVolumeClaim: { claimName: volume.name, ...(volume.writable ? {} : { readOnly: true }) } };
    case "scratch":
      return { emptyDir: { sizeLimit: `${mebibytes(volume.size)}Mi` } };
  }
}

function isWritable(volume: MountedVolume): boolean {
  return volume.kind === "scratch" || (volume.kind === "claim" && volume.writable);
}
