import { k8s } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { BACKFILL_AT_ONCE, KEPT_ACTS, KEPT_OF_A_SCHEDULE, KEPT_WORKFLOWS } from "../../runs/lane-limits.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { EXECUTOR_NEEDS, quantities, RUNNER_POD_NEEDS, times } from "../workflow/container-resources.ts";

/**
 * Pods beside the runners: the calendar's or one that is just ending, the reaper's, and one that reads a kept log for a
 * person. Ended pods do not count.
 */
const OTHER_PODS = 3;

/** Argo keeps a result of each pod, those of its retries included, until the workflow has ended. */
const TASK_RESULTS_PER_POD = 40;

/** Runs that may go on at once and keep a result of each step: a full backfill, tonight's night, a repeat, a shadow night. */
const RUNS_AT_ONCE = BACKFILL_AT_ONCE + 3;

/**
 * What the lane may use in the central cluster: runner pods and Argo's sidecars; Spark runs in the customer's cluster.
 */
export class ResourceBoundary extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly customer: string; readonly runners: number; readonly schedules: number; readonly steps: number },
  ) {
    super(scope, id);
    const pods = props.runners + OTHER_PODS;
    const workflows = KEPT_WORKFLOWS + (props.schedules - 1) * KEPT_OF_A_SCHEDULE;
    new k8s.KubeResourceQuota(this, "quota", {
      metadata: customerMetadata(props.customer, "lane"),
      spec: {
        hard: asQuantities({
          pods: `${pods}`,
          ...prefixed("requests", quantities(times(pods, RUNNER_POD_NEEDS.requests))),
          ...prefixed("limits", quantities(times(pods, RUNNER_POD_NEEDS.limits))),
          persistentvolumeclaims: "1",
          "count/workflows.argoproj.io": `${workflows}`,
          "count/workflowtaskresults.argoproj.io": `${pods * TASK_RESULTS_PER_POD + props.steps * RUNS_AT_ONCE}`,
          "count/nightacts.nightlane.example": `${KEPT_ACTS}`,
          "count/secrets": "5",
          "count/configmaps": `${workflows + 20}`,
          "count/services": "0",
          "services.loadbalancers": "0",
          "services.nodeports": "0",
        }),
      },
    });
    new k8s.KubeLimitRange(this, "limits", {
      metadata: customerMetadata(props.customer, "lane"),
      spec: {
        limits: [
          {
            type: "Container",
            defaultRequest: asQuantities(quantities(EXECUTOR_NEEDS.requests)),
            default: asQuantities(quantities(EXECUTOR_NEEDS.limits)),
            max: asQuantities({ cpu: "1", memory: "512Mi", "ephemeral-storage": "2Gi" }),
          },
        ],
      },
    });
  }
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function asQuantities(values: Readonly<Record<string, string>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, k8s.Quantity.fromString(value)]));
}
