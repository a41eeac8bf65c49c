import { PLACES_KEY, PLACES_NAME } from "../../../runs/step-group.ts";
import { ARGO } from "../../../runs/workflow.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../../lane/workflow-rbac.ts";
import { CONTAINER_FIELDS, NODE_FIELDS, TASK_FIELDS, TEMPLATE_SPEC_FIELDS } from "../../workflow/argo.ts";
import { POD_PATCH } from "../../workflow/pod-patch.ts";
import type { AdmissionPolicyProps } from "./admission-policy.ts";
import { ALLOWED_IMAGES, RUNNER_IMAGES } from "./allowed-images.ts";
import { KEEPS_SPEC, listAt, onlyFields, otherFields, quoted } from "./cel.ts";
import { RUNNER_VOLUME, RUNNER_VOLUMES_RULE } from "./lane-volumes.ts";
import { NO_CREDENTIAL_IN_ENV, OWN_ACCOUNT } from "./pod-creation.ts";

/** CEL: the node templates, each a `t` in what follows. */
const TEMPLATES = listAt("object.spec", "templates");

/** The tasks of one of them. */
const TASKS = listAt("t", "dag", "tasks");

const CUSTOMER_FILE = "change the customer's file; a lane's templates come from constructs/ only";

/** CEL: an optional object has parameters and nothing else. */
function parametersOnly(object: string): string {
  return `(!has(${object}) || ${onlyFields(object, ["parameters"])})`;
}

/** The node templates that are containers. */
const CONTAINERS = `${TEMPLATES}.filter(t, has(t.container))`;

/**
 * Invariants 25, 26 and 39 on WorkflowTemplates, the one place in which a lane says what its pods are. Holds for the
 * deployer too: a stolen deploy identity, or a mistake in our own constructs, opens no way to another customer. A template
 * is named by the hash of its content and kept for replays (docs/decisions, 6), so its content never changes.
 */
export const TEMPLATE_CONTENT: AdmissionPolicyProps = {
  name: "nightlane-template-content",
  rules: [{ ...ARGO, resources: ["workflowtemplates"], operations: ["CREATE", "UPDATE"] }],
  exempt: { "same-content": KEEPS_SPEC },
  parameters: ALLOWED_IMAGES,
  validations: [
    // What holds for the whole template.
    {
      expression: "request.operation == 'CREATE'",
      rule: "a template keeps its content, which its name is the hash of: a replay of last month runs last month's definition",
      fix: "change the customer's file and deploy: a new template is made beside this one",
    },
    {
      expression: onlyFields("object.spec", TEMPLATE_SPEC_FIELDS),
      received: `'fields ' + ${otherFields("object.spec", TEMPLATE_SPEC_FIELDS)}`,
      rule: "artifactGC, artifact repositories, locks, hooks and claims reach past the lane",
      fix: "remove the field, or add it to constructs/workflow/argo.ts with the reason why it cannot cross customers",
    },
    {
      expression: `!has(object.spec.podSpecPatch) || object.spec.podSpecPatch == ${quoted(POD_PATCH)}`,
      received: "'podSpecPatch ' + object.spec.podSpecPatch",
      rule: "a patch can give a pod anything; ours only puts its containers in order and gives Argo's a token of the pod's own",
      fix: CUSTOMER_FILE,
    },
    OWN_ACCOUNT,
    {
      expression: `has(object.spec.executor) && object.spec.executor.?serviceAccountName.orValue('') == ${quoted(EXECUTOR_SERVICE_ACCOUNT)}`,
      rule: `Argo's containers report as service account ${EXECUTOR_SERVICE_ACCOUNT}`,
      fix: `executor: {serviceAccountName: ${EXECUTOR_SERVICE_ACCOUNT}}`,
    },
    {
      expression: `${listAt("object.spec", "volumes")}.all(v, ${RUNNER_VOLUME})`,
      rule: RUNNER_VOLUMES_RULE,
      fix: "remove the volume",
    },
    {
      expression: `${parametersOnly("object.spec.arguments")} && ${TEMPLATES}.all(t, ${parametersOnly("t.inputs")} && ${parametersOnly("t.outputs")} && ${TASKS}.all(task, ${parametersOnly("task.arguments")}))`,
      rule: "a night, its nodes and its tasks exchange parameters, no artifacts: those are fetched and deleted by Argo's own containers, with repositories that are not the lane's",
      fix: "bring files with copyIn and copyOut",
    },
    // What holds for each of its nodes.
    {
      expression: `${TEMPLATES}.all(t, ${onlyFields("t", NODE_FIELDS)})`,
      received: `'template with ' + ${TEMPLATES}.map(t, ${otherFields("t", NODE_FIELDS)}).filter(fields, fields != '').join(', ')`,
      rule: "nodes are containers, dags and waits: resource, http and plugin templates act with Argo's rights, and the rest overrides the pod",
      fix: CUSTOMER_FILE,
    },
    {
      // A lock of another namespace, of a database or by a bare name is held against other lanes.
      expression: `${TEMPLATES}.all(t, !has(t.synchronization) || (${onlyFields("t.synchronization", ["semaphores"])} && t.synchronization.?semaphores.orValue([]).all(s, ${onlyFields("s", ["configMapKeyRef"])} && has(s.configMapKeyRef) && ${onlyFields("s.configMapKeyRef", ["name", "key"])} && s.configMapKeyRef.?name.orValue('').matches('${PLACES_NAME}') && s.configMapKeyRef.key == '${PLACES_KEY}')))`,
      rule: "a node takes a place of a group of its own lane, and no other lock: those reach past the lane",
      fix: CUSTOMER_FILE,
    },
    {
      expression: `${TEMPLATES}.all(t, ${TASKS}.all(task, ${onlyFields("task", TASK_FIELDS)}))`,
      rule: "a task names a template of the same WorkflowTemplate: no templateRef, no inline template, no hooks",
      fix: CUSTOMER_FILE,
    },
    // What holds for its containers.
    {
      expression: `${CONTAINERS}.all(t, t.container.image in ${RUNNER_IMAGES})`,
      received: `'images ' + ${CONTAINERS}.map(t, t.container.image).join(', ')`,
      rule: "only the released runner runs in a lane, by digest",
      fix: "deploy the platform stack of this release first: its ConfigMap admission-images lists the runner's digest",
    },
    {
      expression: `${CONTAINERS}.all(t, ${onlyFields("t.container", CONTAINER_FIELDS)} && ${listAt("t.container", "env")}.all(e, !has(e.valueFrom) || has(e.valueFrom.fieldRef)))`,
      ...NO_CREDENTIAL_IN_ENV,
    },
  ],
};
