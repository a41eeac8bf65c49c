import type { CustomerDefinition } from "../definition/customer-definition.ts";
import type { Problem } from "../definition/problem.ts";
import { checkApps } from "./check-apps.ts";
import { checkCapacity } from "./check-capacity.ts";
import { checkCluster } from "./check-cluster.ts";
import { checkCredentials } from "./check-credentials.ts";
import { checkEndpoint } from "./check-endpoint.ts";
import { checkName } from "./check-name.ts";
import { checkRetention } from "./check-retention.ts";
import { checkSchedule } from "./check-schedule.ts";
import { checkShadow } from "./check-shadow.ts";
import { checkSteps } from "./check-steps.ts";

/** Everything wrong with one definition, in the order of the file. Nothing is synthesized unless this is empty. */
export function checkCustomer(definition: CustomerDefinition): readonly Problem[] {
  const steps = [...checkSteps(definition.workflow.declared), ...checkShadow(definition.workflow)];
  return [
    ...checkName(definition.name),
    ...checkCluster(definition.cluster),
    ...checkEndpoint(definition.cluster),
    ...checkCredentials(definition.credentials),
    ...checkRetention(definition),
    ...checkApps(definition),
    ...checkSchedule(definition.workflow),
    ...steps,
    // Sizes mean nothing on a graph that is not one.
    ...(steps.length === 0 ? checkCapacity(definition) : []),
  ];
}
