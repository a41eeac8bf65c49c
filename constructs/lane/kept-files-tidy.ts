import { Duration } from "cdk8s";
import { NIGHTLY } from "../../runs/night-series.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import type { Template } from "../workflow/argo.ts";
import { runnerTemplate } from "../workflow/runner-template.ts";

/** Room for a volume with many small files. */
const TIDY_TIMEOUT = Duration.minutes(30);

/**
 * Removes what is past its time on both results volumes, and says how full they are. It is the reaper's, not the night's:
 * a retention that is changed holds from the next half hour on, for all nights, and no replay of an earlier definition
 * brings an earlier one back.
 */
export function tidyTemplate({ cluster, lane, furtherNights }: CustomerDefinition): Template {
  const further = Object.keys(furtherNights);
  const document = JSON.stringify({
    tidy: {
      pipeline: NIGHTLY,
      ...(further.length === 0 ? {} : { furtherPipelines: further }),
      namespace: cluster.namespace,
      keepResultsDays: lane.keepResults.toDays(),
      keepLogsDays: lane.keepLogs.toDays(),
    },
  });
  // It tries again by being started again.
  const { retryStrategy: _, ...template } = runnerTemplate({
    name: "tidy",
    command: "tidy",
    document,
    deadlineSeconds: TIDY_TIMEOUT.toSeconds(),
  });
  return {
    ...template,
    outputs: {
      // Whole percent; empty where the volume could not be looked at.
      parameters: ["lane-used", "customer-used"].map((name) => ({
        name,
        valueFrom: { path: `/tmp/outputs/${name}`, default: "" },
      })),
    },
  };
}
