import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { ARGO_NAMESPACE, SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { CONTROLLER_LABELS, CONTROLLER_METRICS } from "./argo-controller.ts";
import { NIGHTWATCH_LABELS } from "./nightwatch.ts";

/** For a Prometheus operator: where the metrics of nightwatch and of the Argo controller are. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ApiObject(this, "nightwatch", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "ServiceMonitor",
      metadata: platformMetadata("nightwatch", SYSTEM_NAMESPACE),
      spec: { selector: { matchLabels: NIGHTWATCH_LABELS }, endpoints: [{ port: "http" }] },
    });
    // The controller has no Service: nothing else ever connects to it.
    new ApiObject(this, "controller", {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PodMonitor",
      metadata: platformMetadata("workflow-controller", ARGO_NAMESPACE),
      spec: { selector: { matchLabels: CONTROLLER_LABELS }, podMetricsEndpoints: [{ port: CONTROLLER_METRICS }] },
    });
  }
}
