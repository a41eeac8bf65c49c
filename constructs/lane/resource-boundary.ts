import { k8s } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { customerMetadata } from "../labels.ts";

/** What one runner container asks for and may use. It mostly waits: measured at well under 60 MB. */
export const RUNNER_RESOURCES = {
  requests: { cpu: "20m", memory: "64Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "1Gi" },
} as const;

/** A container that states nothing, Argo's sidecars first, gets this, so that the quota can never refuse it. */
const CONTAINER_DEFAULTS = {
  requests: { cpu: "10m", memory: "32Mi", "ephemeral-storage": "32Mi" },
  limits: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "1Gi" },
} as const;

/** Argo adds an init and a wait container to each runner. */
const CONTAINERS_PER_RUNNER = 3;

/** What the lane may use in the central cluster: runner pods and Argo's sidecars; Spark runs at the customer's. */
export class ResourceBoundary extends Construct {
  constructor(scope: Construct, id: string, props: { readonly customer: string; readonly runners: number }) {
    super(scope, id);
    const quantity = (text: string): k8s.Quantity => k8s.Quantity.fromString(text);
    const amounts = (values: Readonly<Record<string, string>>): Record<string, k8s.Quantity> =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, quantity(value)]));
    // Beside the runners one for the calendar node or a pod that is just ending, and one for the reaper.
    const pods = props.runners + 2;
    new k8s.KubeResourceQuota(this, "quota", {
      metadata: customerMetadata(props.customer, "lane"),
      spec: {
        hard: amounts({
          pods: `${pods}`,
          "requests.cpu": `${pods * 50}m`,
          "requests.memory": `${pods * 160}Mi`,
          "requests.ephemeral-storage": `${pods * 160}Mi`,
          "limits.cpu": `${pods * 2}`,
          "limits.memory": `${pods * CONTAINERS_PER_RUNNER * 256}Mi`,
          "limits.ephemeral-storage": `${pods * CONTAINERS_PER_RUNNER}Gi`,
          persistentvolumeclaims: "1",
          "count/workflows.argoproj.io": "100",
          "count/secrets": "5",
          "count/configmaps": "120",
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
            defaultRequest: amounts(CONTAINER_DEFAULTS.requests),
            default: amounts(CONTAINER_DEFAULTS.limits),
            max: amounts({ cpu: "1", memory: "512Mi", "ephemeral-storage": "2Gi" }),
          },
        ],
      },
    });
  }
}
