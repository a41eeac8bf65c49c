import type { Manifest } from "../constructs/kubernetes/manifest.ts";
import { FINISH_BY, INPUTS_BY, START_BY } from "../runs/annotations.ts";
import { NIGHT_SCHEDULE } from "../runs/run-name.ts";
import { type Refused, unsafeStarts } from "./unsafe-starts.ts";

/** One field of an object that a chart's user may set. */
export interface HelmValue {
  /** Its place in values.yaml. */
  readonly name: readonly [section: HelmSection, key: string];
  readonly manifest: Manifest;
  /** Its place in the object. */
  readonly path: readonly (string | number)[];
  /** Its value by the customer's file. */
  readonly default: string;
  /** What values.schema.json allows. */
  readonly pattern: string;
  /** Values that it refuses all the same. @default - nothing */
  readonly refused?: Refused;
}

/** Sections of values.yaml, each with its comment. */
export const HELM_SECTIONS = {
  schedule:
    "Start of the night as a cron line in the customer's time zone, and its deadlines in local time. Zone and calendar\nare part of the night's definition: they are changed in the customer's file.",
  quota: "What the namespace may use.",
  results: "Size of the results volume. Most storage classes can only grow it.",
  images: "Images by digest. Those of the night are part of its definition: they are changed in images.json.",
} as const;

export type HelmSection = keyof typeof HELM_SECTIONS;

const TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
const QUANTITY = "^[0-9]+(\\.[0-9]+)?(m|Ki|Mi|Gi|Ti)?$";
/** Amounts only: a lane has no Services, whatever its size. */
const SIZES = /^(pods|(requests|limits)\..*)$/;

/**
 * What a chart's user may set: schedule, sizes and images, each only where it is outside the WorkflowTemplate. That one
 * is named by the hash of its content, so a value in it would make the name wrong: it is changed in the customer's
 * file.
 */
export function helmValues(manifests: readonly Manifest[]): readonly HelmValue[] {
  return manifests.flatMap((manifest): readonly HelmValue[] => {
    const value = (
      name: HelmValue["name"],
      path: HelmValue["path"],
      pattern: string,
      refused?: Refused,
    ): HelmValue => ({
      name,
      manifest,
      path,
      default: textAt(manifest, path),
      pattern,
      ...(refused === undefined ? {} : { refused }),
    });
    const declared = (key: string, annotation: string, pattern: string): readonly HelmValue[] =>
      manifest.metadata.annotations?.[annotation] === undefined
        ? []
        : [value(["schedule", key], ["metadata", "annotations", annotation], pattern)];
    switch (manifest.kind) {
      case "CronWorkflow":
        if (manifest.metadata.name !== NIGHT_SCHEDULE) {
          return [];
        }
        return [
          ...cronValue(manifest, value),
          value(["schedule", "finishBy"], ["metadata", "annotations", FINISH_BY], TIME),
          ...declared("startBy", START_BY, TIME),
          ...declared("inputsBy", INPUTS_BY, `${TIME.slice(0, -1)} [a-z0-9,-]+$`),
        ];
      case "ResourceQuota":
        return Object.keys(at(manifest, ["spec", "hard"]) ?? {})
          .filter((resource) => SIZES.test(resource))
          .map((resource) => value(["quota", resource], ["spec", "hard", resource], QUANTITY));
      case "PersistentVolumeClaim":
        return [value(["results", "size"], ["spec", "resources", "requests", "storage"], QUANTITY)];
      case "Deployment":
        return [
          value(
            ["images", "runner"],
            ["spec", "template", "spec", "containers", 0, "image"],
            "^[^\\s@]+@sha256:[0-9a-f]{64}$",
          ),
        ];
      default:
        return [];
    }
  });
}

const DAILY = "^[0-5]?[0-9] ([01]?[0-9]|2[0-3]) \\* \\* \\*$";

/** The start of nights on every day: that of others depends on their days, and is changed in the customer's file. */
function cronValue(
  manifest: Manifest,
  value: (name: HelmValue["name"], path: HelmValue["path"], pattern: string, refused?: Refused) => HelmValue,
): readonly HelmValue[] {
  const line = ["spec", "schedules", 0];
  return new RegExp(DAILY).test(textAt(manifest, line))
    ? [value(["schedule", "cron"], line, DAILY, unsafeStarts(textAt(manifest, ["spec", "timezone"])))]
    : [];
}

function at(value: unknown, path: readonly (string | number)[]): object | string | undefined {
  const found = path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
  return typeof found === "string" || (typeof found === "object" && found !== null) ? found : undefined;
}

function textAt(manifest: Manifest, path: readonly (string | number)[]): string {
  const found = at(manifest, path);
  if (typeof found !== "string") {
    throw new Error(`${manifest.kind} ${manifest.metadata.name} has no text at ${path.join(".")}`);
  }
  return found;
}
