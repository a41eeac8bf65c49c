import { Duration } from "cdk8s";
import { NIGHTLY } from "../../runs/night-series.ts";
import { TEMPLATE } from "../../runs/template-names.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import type { Template } from "../workflow/argo.ts";
import { runnerTemplate } from "../workflow/runner-template.ts";
import { outputsOf } from "../workflow/step-outputs.ts";

/** Enough for a volume with many small files. */
const TIDY_TIMEOUT = Duration.minutes(30);

/**
 * Removes what has expired on both results volumes, and reports how full they are. It belongs to the reaper, not the
 * night: a changed retention applies within half an hour, to all nights, and no replay of an earlier definition brings
 * the old one back.
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
  // A restart retries.
  const { retryStrategy: _, ...template } = runnerTemplate({
    name: TEMPLATE.tidy,
    command: "tidy",
    document,
    deadlineSeconds: TIDY_TIMEOUT.toSeconds(),
  });
  return { ...template, outputs: outputsOf("lane-used", "customer-used") };
}
