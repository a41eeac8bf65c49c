import { isObject } from "../../runs/json.ts";
import type { SparkOptions } from "../night/step.ts";
import { stepVariables } from "./job-manifest.ts";
import { executorsDisk } from "./local-disk.ts";
import {
  containerParts,
  environment,
  mounts,
  type Part,
  podMetadata,
  podSpec,
  RESULTS_MOUNT,
  RESULTS_VOLUME,
} from "./pod-parts.ts";

/**
 * The pod template of a step's executors: what Spark does not set by itself. They meet Pod Security `restricted`, have
 * no token of the API server, and have the driver's volumes and variables.
 */
export function executorTemplate(step: string, options: SparkOptions): Part {
  const own = mounts(options.volumes);
  const disk = executorsDisk(options);
  const template = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: podMetadata(options),
    spec: {
      ...podSpec(options),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: "executor",
          workingDir: "/tmp",
          ...containerParts(options),
          ...disk.container,
          env: [...stepVariables(step), ...environment(options.env)],
          volumeMounts: [RESULTS_MOUNT, ...disk.volumeMounts, ...own.volumeMounts],
        },
      ],
      volumes: [RESULTS_VOLUME, ...disk.volumes, ...own.volumes],
    },
  };
  return merged(options.executorPodTemplate ?? {}, template);
}

/** Both merged, with the second winning; lists of named items are joined by name, all others concatenated. */
function merged(base: Part, over: Part): Part {
  const names = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...names].map((name) => [name, both(base[name], over[name])]));
}

function both(base: unknown, over: unknown): unknown {
  if (over === undefined || base === undefined) {
    return over ?? base;
  }
  if (isObject(base) && isObject(over)) {
    return merged(base, over);
  }
  return Array.isArray(base) && Array.isArray(over) ? joined(base, over) : over;
}

function joined(base: readonly unknown[], over: readonly unknown[]): readonly unknown[] {
  const nameOf = (entry: unknown): unknown => (isObject(entry) ? entry.name : undefined);
  const again = new Map(base.map((entry) => [nameOf(entry), entry]));
  const kept = base.filter(
    (entry) => nameOf(entry) === undefined || !over.some((one) => nameOf(one) === nameOf(entry)),
  );
  return [
    ...over.map((entry) => (nameOf(entry) === undefined ? entry : both(again.get(nameOf(entry)), entry))),
    ...kept,
  ];
}
