import { Construct } from "constructs";
import { AdmissionPolicy } from "./admission-policy.ts";

/**
 * The other policies leave out the platform's namespaces; the Argo controller does not. So workflows live in lanes only:
 * none can run where no policy looks. Holds everywhere.
 */
export class LanesOnly extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-lanes-only",
      scope: "everywhere",
      rules: [
        {
          apiGroup: "argoproj.io",
          apiVersion: "v1alpha1",
          resources: [
            "workflows",
            "workflowtemplates",
            "cronworkflows",
            "clusterworkflowtemplates",
            "workflowtaskresults",
          ],
          operations: ["CREATE", "UPDATE"],
        },
      ],
      validations: [
        {
          expression: "request.?namespace.orValue('').startsWith('customer-')",
          received: "'namespace ' + request.?namespace.orValue('(none)')",
          rule: "workflows, their templates and schedules live in lanes, customer-<name>; a ClusterWorkflowTemplate would cross customers",
          fix: "use the lane's namespace",
        },
      ],
    });
  }
}
