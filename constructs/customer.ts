import { Chart } from "cdk8s";
import type { Construct } from "constructs";
import { laneNamespace } from "../runs/lane-namespace.ts";
import { scheduleName } from "../runs/night-series.ts";
import { REAPER_SCHEDULE } from "../runs/run-name.ts";
import { centralCluster } from "./checks/read-central.ts";
import { wayOut } from "./definition/api-server.ts";
import type { CustomerDefinition } from "./definition/customer-definition.ts";
import { nightsOf } from "./definition/night-definition.ts";
import { CredentialSecret } from "./lane/credential-secret.ts";
import { CustomerNamespace } from "./lane/customer-namespace.ts";
import { GroupPlaces } from "./lane/group-places.ts";
import { KeptFilesReader } from "./lane/kept-files-reader.ts";
import { NetworkBoundary } from "./lane/network-boundary.ts";
import { Reaper } from "./lane/reaper.ts";
import { ResourceBoundary } from "./lane/resource-boundary.ts";
import { ResultsVolume } from "./lane/results-volume.ts";
import { ServerAddresses } from "./lane/server-addresses.ts";
import { WorkflowRbac } from "./lane/workflow-rbac.ts";
import { NightwatchLaneRole } from "./platform/nightwatch-lane-role.ts";
import { OncallRole } from "./platform/oncall-role.ts";
import { SparkRiskWorkflow } from "./workflow/spark-risk-workflow.ts";

/** One customer's lane in the central cluster: every object of it, in the order in which they are built. */
export class Customer extends Chart {
  constructor(scope: Construct, id: string, definition: CustomerDefinition) {
    super(scope, id, { namespace: laneNamespace(definition.name), disableResourceNameHashes: true });
    const customer = definition.name;
    const { lane } = definition;
    new CustomerNamespace(this, "namespace", customer);
    new ResourceBoundary(this, "resources", {
      customer,
      runners: lane.runners,
      schedules: nightsOf(definition).length,
      steps: nightsOf(definition).reduce((sum, { workflow }) => sum + workflow.steps.length, 0),
    });
    new NetworkBoundary(this, "network", { customer, wayOut: wayOut(definition), central: centralCluster() });
    new WorkflowRbac(this, "rbac", customer);
    new OncallRole(this, "oncall", customer);
    new NightwatchLaneRole(this, "nightwatch", customer);
    new ResultsVolume(this, "results", {
      customer,
      size: lane.resultsSize,
      storageClass: lane.resultsStorageClass,
    });
    new CredentialSecret(this, "credential", customer);
    new ServerAddresses(this, "server", definition);
    new GroupPlaces(this, "groups", definition);
    for (const night of nightsOf(definition)) {
      const { pipeline } = night;
      const beside = pipeline === undefined ? schedulesBesideNightly(definition) : [];
      new SparkRiskWorkflow(this, pipeline === undefined ? "workflow" : `workflow-${pipeline}`, night, beside);
    }
    new KeptFilesReader(this, "reader", definition);
    new Reaper(this, "reaper", definition);
  }
}

/** Lets a watcher of the lane distinguish a deleted schedule from one that was removed from the file. */
function schedulesBesideNightly(definition: CustomerDefinition): readonly string[] {
  const further = nightsOf(definition).flatMap(({ pipeline }) =>
    pipeline === undefined ? [] : [scheduleName(pipeline)],
  );
  return [...further, REAPER_SCHEDULE];
}
