import { NIGHTLY, PIPELINE_NAME } from "../../../runs/night-series.ts";
import { REAPER_SCHEDULE } from "../../../runs/run-name.ts";
import { type AdmissionPolicyProps, ARGO } from "./admission-policy.ts";
import { FROM_ARGO } from "./identities.ts";
import { READER_IS_LABELLED, startRules, WORKFLOW_FIELDS } from "./workflow-fields.ts";

/** The schedules of a lane: of its nightly ones, of further nights, and the reaper's. */
const SCHEDULES = `(${NIGHTLY}(-${PIPELINE_NAME})?|${REAPER_SCHEDULE})`;

/** CEL: the Workflow is what Argo makes of a lane's CronWorkflow when its minute comes, by its name and its owner. */
const CHILD_OF_A_SCHEDULE = [
  `object.metadata.?ownerReferences.orValue([]).exists(owner, owner.?controller.orValue(false) && owner.kind == 'CronWorkflow' && owner.apiVersion.startsWith('argoproj.io/') && owner.name.matches('^${SCHEDULES}$') && object.metadata.name.startsWith(owner.name + '-'))`,
  `object.metadata.name.matches('^${SCHEDULES}-[0-9]{1,12}$')`,
].join(" && ");

/**
 * CEL: nothing but `storedTemplates`, and in it nothing but templates of the WorkflowTemplate that the Workflow refers
 * to, under the keys `namespaced/<template>/<name>` that Argo gives them. Argo's validation writes them into the object
 * before it submits it.
 */
const RESOLVED_TEMPLATES_ONLY =
  "dyn(object.status).all(field, field == 'storedTemplates') && dyn(object.status)['storedTemplates'].all(key, key.startsWith('namespaced/' + object.spec.workflowTemplateRef.name + '/'))";

/**
 * Invariants 25 and 26 on Workflows. Argo's `templateReferencing: Strict` alone still lets a submitter choose an
 * entrypoint, a service account, volumes and pod patches; here everything but template and parameters is refused.
 */
export const WORKFLOW_CREATION: AdmissionPolicyProps = {
  name: "nightlane-workflow-creation",
  rules: [{ ...ARGO, resources: ["workflows"], operations: ["CREATE"] }],
  validations: [
    ...startRules("object.spec", WORKFLOW_FIELDS),
    READER_IS_LABELLED,
    {
      // Workflows have no status subresource: a status that comes along would be run as if Argo had written it.
      expression: `!has(object.status) || dyn(object.status).all(field, false) || (${FROM_ARGO} && ${CHILD_OF_A_SCHEDULE} && ${RESOLVED_TEMPLATES_ONLY})`,
      received: "'status with ' + dyn(object.status).filter(field, true).join(', ')",
      rule: "a new night has no status: Argo would run the template stored in it. Only the Argo controller, starting what a schedule of the lane is due to start, may store what it resolved of the very template that the night refers to",
      fix: "remove status",
    },
  ],
};
