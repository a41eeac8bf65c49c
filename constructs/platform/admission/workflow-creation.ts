import { READER_LABEL } from "../../../runs/annotations.ts";
import { NIGHTLY, PIPELINE_NAME } from "../../../runs/night-series.ts";
import { REAPER_SCHEDULE } from "../../../runs/run-name.ts";
import { ARGO } from "../../../runs/workflow.ts";
import type { AdmissionPolicyProps, Validation } from "./admission-policy.ts";
import { quoted } from "./cel.ts";
import { FROM_ARGO } from "./identities.ts";
import { startRules } from "./workflow-fields.ts";

/** The schedules of a lane: of its nightly ones, of further nights, and the reaper's. */
const SCHEDULES = `(${NIGHTLY}(-${PIPELINE_NAME})?|${REAPER_SCHEDULE})`;

/** CEL: the Workflow is what Argo makes of a lane's CronWorkflow when its minute comes, by its name and its owner. */
const CHILD_OF_A_SCHEDULE = `object.metadata.?ownerReferences.orValue([]).exists(owner, owner.?controller.orValue(false) && owner.kind == 'CronWorkflow' && owner.apiVersion.startsWith('argoproj.io/') && owner.name.matches('^${SCHEDULES}$') && object.metadata.name.matches('^' + owner.name + '-[0-9]{1,12}$'))`;

/**
 * CEL: nothing but `storedTemplates`, and in it nothing but templates of the WorkflowTemplate that the Workflow refers
 * to, under the keys `namespaced/<template>/<name>` that Argo gives them. Argo's validation writes them into the object
 * before it submits it.
 */
const RESOLVED_TEMPLATES_ONLY =
  "dyn(object.status).all(field, field == 'storedTemplates') && dyn(object.status)['storedTemplates'].all(key, key.startsWith('namespaced/' + object.spec.workflowTemplateRef.name + '/'))";

/**
 * A Workflow that reads a kept log is not a night: it has no credential, changes nothing, and gets neither a run record
 * nor a line in the overview. A label distinguishes it, since a selector sees nothing else; so the label may not lie.
 */
const READER_IS_LABELLED: Validation = {
  expression: `(${quoted(READER_LABEL)} in object.metadata.?labels.orValue({})) == object.spec.?workflowTemplateRef.?name.orValue('').startsWith('reader-')`,
  rule: `a Workflow has the label ${READER_LABEL} exactly if it starts a template reader-<hash>: with the label, nobody watches it as a night`,
  fix: "read a kept log with `nightlane logs`, start a night with `nightlane run`",
};

/**
 * Invariants 25 and 26 on Workflows. Argo's `templateReferencing: Strict` alone still lets a submitter choose an
 * entrypoint, a service account, volumes and pod patches; here everything but template and parameters is refused.
 */
export const WORKFLOW_CREATION: AdmissionPolicyProps = {
  name: "nightlane-workflow-creation",
  rules: [{ ...ARGO, resources: ["workflows"], operations: ["CREATE"] }],
  validations: [
    ...startRules("object.spec"),
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
