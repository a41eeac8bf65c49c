import type { Duration, Size } from "cdk8s";
import { wholeOptions } from "../definition/given.ts";

/** A value that the customer's cluster keeps: a key of a Secret or a ConfigMap in the namespace of the Jobs. */
export type KeyReference =
  | { readonly kind: "secretKey"; readonly name: string; readonly key: string }
  | { readonly kind: "configMapKey"; readonly name: string; readonly key: string };

/**
 * A key of a Secret in the customer's cluster, for a variable. Nightlane never reads it.
 * @example
 * ```ts
 * night.spark("desk", { app, env: { DB_PASSWORD: secretKey("risk-db", "password") } });
 * ```
 * @see https://kubernetes.io/docs/concepts/configuration/secret/
 */
export function secretKey(name: string, key: string): KeyReference {
  return { kind: "secretKey", name, key };
}

/**
 * A key of a ConfigMap in the customer's cluster, for a variable.
 * @example
 * ```ts
 * night.spark("desk", { app, env: { REGION: configMapKey("site", "region") } });
 * ```
 * @see https://kubernetes.io/docs/concepts/configuration/configmap/
 */
export function configMapKey(name: string, key: string): KeyReference {
  return { kind: "configMapKey", name, key };
}

/** What is mounted into a pod. */
export type MountedVolume =
  | { readonly kind: "secret"; readonly name: string }
  | { readonly kind: "configMap"; readonly name: string }
  | { readonly kind: "claim"; readonly name: string; readonly writable: boolean }
  | { readonly kind: "scratch"; readonly size: Size };

/**
 * The keys of a Secret in the customer's cluster as files, read-only.
 * @example
 * ```ts
 * night.spark("desk", { app, volumes: { "/etc/kdb": secretFiles("kdb") } });
 * ```
 */
export function secretFiles(name: string): MountedVolume {
  return { kind: "secret", name };
}

/**
 * The keys of a ConfigMap in the customer's cluster as files, read-only.
 * @example
 * ```ts
 * night.spark("desk", { app, volumes: { "/etc/site": configMapFiles("site") } });
 * ```
 */
export function configMapFiles(name: string): MountedVolume {
  return { kind: "configMap", name };
}

/**
 * A PersistentVolumeClaim of the customer's cluster: `claim("market-data")`.
 * @example
 * ```ts
 * night.spark("desk", { app, volumes: { "/data/market": claim("market-data") } });
 * ```
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
export function claim(name: string, options?: { readonly writable?: boolean }): MountedVolume {
  return { writable: false, ...wholeOptions(options), kind: "claim", name };
}

/**
 * An empty folder that ends with the pod, on the disk of its node, which must have that much free.
 * @example
 * ```ts
 * night.spark("desk", { app, volumes: { "/scratch": scratch(Size.gibibytes(50)) } });
 * ```
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
 */
export function scratch(size: Size): MountedVolume {
  return { kind: "scratch", size };
}

/** A taint that pods of a step may be placed beside, as Kubernetes writes it. */
export interface Toleration {
  /** @default - every taint */
  readonly key?: string;
  /** @default "Equal" */
  readonly operator?: "Equal" | "Exists";
  /** @default - none, with the operator "Exists" */
  readonly value?: string;
  /** @default - every effect */
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** How a program's container ended: its exit code, or that it was killed because it ran out of memory. */
export type ProgramEnd = number | "OOMKilled";

/**
 * After which failures a step goes on to its next attempt without a person: a new attempt with its own Job, with the
 * sizes of `onRetry`.
 * @example retries: { times: 2, exitCodes: ["OOMKilled"], pause: Duration.minutes(5) }
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export interface Retries {
  /**
   * How many attempts after the first begin automatically, 1 to 10. When the last of them has failed too, and after
   * every failed attempt that a person starts later, a person decides.
   */
  readonly times: number;
  /**
   * How the program must have ended: exit codes from 1 to 255, and "OOMKilled" where it ran out of memory. After any
   * other end, and after whatever is not an end of the program (a stop, a timeout, a missing result), a person decides
   * at once.
   * @default - with any exit code but 0
   */
  readonly exitCodes?: readonly ProgramEnd[];
  /**
   * How long a failed step waits before its next attempt, from 10 seconds to 6 hours. Meanwhile a person can start that
   * at once, or leave the step out.
   * @default Duration.minutes(1)
   */
  readonly pause?: Duration;
}

/** How the pods of a step are placed and what they find, in the customer's cluster. */
export interface PodSettings {
  /**
   * Variables of the step's containers: texts, which may contain the night's tokens, or `secretKey(...)` and
   * `configMapKey(...)`. A secret is never in this file.
   * @default - only those of Nightlane
   */
  readonly env?: Readonly<Record<string, string | KeyReference>>;
  /**
   * Volumes by the absolute path of their mount: `{ "/etc/kdb": secretFiles("kdb") }`.
   * @default - the results volume at /results, and scratch space at /tmp
   */
  readonly volumes?: Readonly<Record<string, MountedVolume>>;
  /**
   * Labels that a node must have.
   * @default - any node
   */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /**
   * Taints of nodes that the pods tolerate.
   * @default - none
   */
  readonly tolerations?: readonly Toleration[];
  /**
   * Affinity, as Kubernetes writes it in a pod.
   * @default - none
   */
  readonly affinity?: Readonly<Record<string, unknown>>;
  /**
   * Priority class of the customer's cluster.
   * @default - the cluster's own default
   */
  readonly priorityClass?: string;
  /**
   * Service account of the step's pod. A driver's needs the same rights as the account `spark`.
   * @default "spark" for Spark; "default", without a token, for a job
   */
  readonly serviceAccount?: string;
  /**
   * Secrets of the customer's cluster with which its nodes pull the image.
   * @default - none
   */
  readonly imagePullSecrets?: readonly string[];
  /**
   * Further labels of the pods, for instance for costs. Those under `nightlane/` are Nightlane's.
   * @default - none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Further annotations of the pods.
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Whether a step whose program failed goes on to its next attempt automatically. That attempt finds what the earlier
   * one has left.
   * @default - a person decides
   */
  readonly retries?: Retries;
  /**
   * User of the containers, above 0. Their group is 185 for all steps, like the group of the volumes, so that a step
   * can write in a folder that another one has made; a group with the user's own number is added.
   * @default 185, as in Apache Spark's images
   */
  readonly user?: number;
}
