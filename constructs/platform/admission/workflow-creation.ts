import { Construct } from "constructs";
import { AdmissionPolicy } from "./admission-policy.ts";
import { startRules, WORKFLOW_FIELDS } from "./workflow-fields.ts";

/**
 * Invariants 25 and 26 on Workflows. Argo's `templateReferencing: Strict` alone still lets a submitter choose an
 * entrypoint, a service account, volumes and pod patches; here everything but template and parameters is refused.
 */
export class WorkflowCreation extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-workflow-creation",
      rules: [{ apiGroup: "argoproj.io", apiVersion: "v1alpha1", resources: ["workflows"], operations: ["CREATE"] }],
      validations: [
        ...startRules("object.spec", WORKFLOW_FIELDS),
        {
          // Workflows have no status subresource: a status that comes along would be run as if Argo had written it.
          expression: "!has(object.status) || dyn(object.status).all(field, false)",
          received: "'status with ' + dyn(object.status).filter(field, true).join(', ')",
          rule: "a new night has no status: Argo would run the template stored in it",
          mend: "remove status",
        },
      ],
    });
  }
}
