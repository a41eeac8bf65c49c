import { ARGO } from "../../../runs/workflow.ts";
import type { AdmissionPolicyProps } from "./admission-policy.ts";
import { KEEPS_SPEC, sameButFor } from "./cel.ts";
import { FROM_NIGHTWATCH } from "./identities.ts";
import { startRules } from "./workflow-fields.ts";

/** Invariants 25 and 26 on CronWorkflows: a schedule starts a night just as a person does, and says no more. */
export const CRON_WORKFLOW: AdmissionPolicyProps = {
  name: "nightlane-cron-workflow",
  rules: [{ ...ARGO, resources: ["cronworkflows"], operations: ["CREATE", "UPDATE"] }],
  exempt: { "same-content": KEEPS_SPEC },
  validations: [
    ...startRules("object.spec.workflowSpec"),
    {
      expression: `!(${FROM_NIGHTWATCH}) || (oldObject != null && ${sameButFor("dyn(object.spec)", "dyn(oldObject.spec)", ["suspend"])})`,
      rule: "nightwatch sets a schedule off and on, and changes nothing else of it",
      fix: "change the schedule in the customer's file and deploy",
    },
  ],
};
