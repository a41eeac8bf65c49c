import { ARGO } from "../../../runs/workflow.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../lane/workflow-rbac.ts";
import { outputFile, STEP_OUTPUTS, type StepOutput } from "../../workflow/step-outputs.ts";
import type { AdmissionPolicyProps } from "./admission-policy.ts";
import { listOf, onlyFields, otherFields, quoted } from "./cel.ts";
import { FROM_KUBERNETES } from "./identities.ts";
import { DECIDE } from "./workflow-update.ts";

/** Label by which Argo finds the night of a result. */
const WORKFLOW_LABEL = "workflows.argoproj.io/workflow";

/** Label by which the executor says that a result is whole. */
const COMPLETE_LABEL = "workflows.argoproj.io/report-outputs-completed";

/** Fields of a result. */
const RESULT_FIELDS: readonly string[] = ["apiVersion", "kind", "metadata", "outputs"];

/**
 * What a step reports. Argo copies a WorkflowTaskResult into the node of the same name, and substitutes a value of it,
 * where a task takes it, in two passes: a value that is itself an expression would be evaluated in the one controller of all lanes.
 * So a result says what the templates declare and nothing else, each value in its own form and length, and a
 * decision, which is what a waiting node has for an output, is never among it.
 */
export const TASK_RESULTS: AdmissionPolicyProps = {
  name: "nightlane-task-results",
  rules: [{ ...ARGO, resources: ["workflowtaskresults"], operations: ["CREATE", "UPDATE"] }],
  // Kubernetes' own collector notes what it removes.
  exempt: { kubernetes: FROM_KUBERNETES },
  variables: {
    labels: "object.metadata.?labels.orValue({})",
    workflow: `variables.labels[?${quoted(WORKFLOW_LABEL)}].orValue('')`,
    owners: "object.metadata.?ownerReferences.orValue([])",
    pods: "request.userInfo.?extra[?'authentication.kubernetes.io/pod-name'].orValue([])",
    parameters: "object.?outputs.?parameters.orValue([])",
  },
  validations: [
    // Whose result it is.
    {
      expression: `request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':${EXECUTOR_SERVICE_ACCOUNT}'`,
      received: "'a result from ' + request.userInfo.username",
      rule: "only Argo's executor in a lane reports the results of the lane's steps",
      fix: DECIDE,
    },
    {
      // Argo ends the names of a node and of its pod with the same number, and names both alike where a night is one pod.
      expression:
        "size(variables.pods) == 1 && variables.pods.all(pod, object.metadata.name == variables.workflow ? pod == variables.workflow : (pod.startsWith(variables.workflow + '-') && object.metadata.name.startsWith(variables.workflow + '-') && pod.endsWith(object.metadata.name.substring(size(variables.workflow)))))",
      received: "'a result of ' + object.metadata.name + ' from pod ' + variables.pods.join(', ')",
      rule: "a pod reports its own node: not another step's, and not one that waits for a person",
      fix: DECIDE,
    },
    {
      expression: [
        `variables.labels.all(key, key in ${listOf([WORKFLOW_LABEL, COMPLETE_LABEL])})`,
        `variables.labels[?${quoted(COMPLETE_LABEL)}].orValue('') in ['true', 'false']`,
        "variables.workflow.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
        "(object.metadata.name == variables.workflow || (object.metadata.name.startsWith(variables.workflow + '-') && object.metadata.name.substring(size(variables.workflow)).matches('^-[0-9]{1,10}$')))",
      ].join(" && "),
      rule: "a result has the name of a node of one workflow, and that workflow's name as its label",
      fix: "leave name and labels to Argo's executor",
    },
    {
      expression: [
        "size(variables.owners) == 1",
        "variables.owners.all(owner, owner.kind == 'Workflow' && owner.apiVersion.startsWith('argoproj.io/') && owner.name == variables.workflow && !owner.?blockOwnerDeletion.orValue(false))",
        "!has(object.metadata.finalizers)",
        "!has(object.metadata.annotations)",
        "(oldObject == null || variables.owners == oldObject.metadata.?ownerReferences.orValue([]))",
      ].join(" && "),
      rule: "a result belongs to its workflow and goes with it",
      fix: "leave ownerReferences, finalizers and annotations to Argo's executor",
    },
    // What it says.
    {
      expression: `${onlyFields("object", RESULT_FIELDS)} && (!has(object.outputs) || ${onlyFields("object.outputs", ["parameters"])})`,
      received: `'fields ' + ${otherFields("object", RESULT_FIELDS)}`,
      rule: "a result has output parameters and nothing else: no phase, no message, no progress, no artifacts",
      fix: "say it in the step's log",
    },
    {
      // What was received is not quoted: it may be a credential that somebody put where it does not belong.
      expression: `size(variables.parameters) <= ${STEP_OUTPUTS.length} && variables.parameters.all(p, ${onlyFields("p", ["name", "value", "valueFrom", "globalName"])} && (${STEP_OUTPUTS.map(plainOutput).join(" || ")}))`,
      received: "'output parameters ' + variables.parameters.map(p, p.name).join(', ')",
      rule: "an output parameter is one that the lane's templates declare, in its own form and length: outputs become part of other steps' instructions, and an expression in one would be evaluated in the controller of all lanes",
      fix: "correct what the runner writes under /tmp/outputs, or add the output to constructs/workflow/step-outputs.ts",
    },
  ],
};

/** CEL over a parameter `p`: it is this output. The length comes first: a form is only held against what is short. */
function plainOutput({ name, form, longest, isGlobal }: StepOutput): string {
  const global = isGlobal === true ? `p.?globalName.orValue(${quoted(name)}) == ${quoted(name)}` : "!has(p.globalName)";
  return [
    `(p.name == ${quoted(name)}`,
    // A step that failed before it wrote its files reports what its template declares, without values.
    `(has(p.value) ? (size(string(p.value)) <= ${longest} && string(p.value).matches(${quoted(form)}) && !string(p.value).contains('{{')) : has(p.valueFrom))`,
    global,
    `(!has(p.valueFrom) || (dyn(p.valueFrom).all(field, field in ['path', 'default']) && p.valueFrom.?path.orValue('') == ${quoted(outputFile(name))} && string(p.valueFrom.?default.orValue('')) == '')))`,
  ].join(" && ");
}
