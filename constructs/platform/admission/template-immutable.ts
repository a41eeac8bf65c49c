import { type AdmissionPolicyProps, ARGO } from "./admission-policy.ts";

/**
 * Decision 6 (docs/decisions): a WorkflowTemplate is named by the hash of its content and kept for replays, so its content never changes;
 * a changed night is a new template.
 */
export const TEMPLATE_IMMUTABLE: AdmissionPolicyProps = {
  name: "nightlane-template-immutable",
  rules: [{ ...ARGO, resources: ["workflowtemplates"], operations: ["UPDATE"] }],
  validations: [
    {
      expression: "object.spec == oldObject.spec",
      rule: "a template keeps its content, which its name is the hash of: a replay of last month runs last month's definition",
      fix: "change the customer's file and deploy: a new template is made beside this one",
    },
  ],
};
