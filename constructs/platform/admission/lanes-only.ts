import { ARGO } from "../../../runs/workflow.ts";
import type { AdmissionPolicyProps } from "./admission-policy.ts";
import { isLane } from "./identities.ts";

/**
 * The other policies leave out the platform's namespaces; the Argo controller does not. So workflows live in lanes only:
 * none can run where no policy looks. Holds everywhere.
 */
export const LANES_ONLY: AdmissionPolicyProps = {
  name: "nightlane-lanes-only",
  scope: "everywhere",
  rules: [
    {
      ...ARGO,
      resources: ["workflows", "workflowtemplates", "cronworkflows", "clusterworkflowtemplates", "workflowtaskresults"],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  validations: [
    {
      expression: isLane("request.?namespace.orValue('')"),
      received: "'namespace ' + request.?namespace.orValue('(none)')",
      rule: "workflows, their templates and schedules live in lanes, customer-<name>; a ClusterWorkflowTemplate would cross customers",
      fix: "use the lane's namespace",
    },
  ],
};
