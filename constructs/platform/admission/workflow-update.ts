import type { Decision } from "../../../runs/step-act.ts";
import { type AdmissionPolicyProps, ARGO } from "./admission-policy.ts";
import { listOf, onlyFields, onlyNotesDiffer, SAME_LABELS, SAME_OWNERS, sameButFor, sameField } from "./cel.ts";
import { FROM_ARGO, FROM_KUBERNETES, FROM_NIGHTWATCH } from "./identities.ts";
import { READER_IS_LABELLED, RUNNING_FIELDS, startRules } from "./workflow-fields.ts";

/** Fields of a status that a decision touches: the nodes, as they are or as the controller compressed them. */
const DECISION_STATUS: readonly string[] = ["nodes", "compressedNodes"];

/** The words of a decision: at a step that is held, after a failed attempt and at a question. */
const DECISIONS: readonly Decision[] = ["RUN", "RETRY", "ADOPT", "SKIP", "CONFIRMED"];

/** Of a decided node's message, characters: who decided, and the longest reason of an act. */
const LONGEST_MESSAGE = 1024;

const NODE = "variables.nodes[id]";
const OLD_NODE = "variables.oldNodes[id]";
const DECIDE = "decide single steps with `nightlane retry`, `skip` or `release`";

/**
 * Decision 5 (docs/decisions): anyone who may update Workflows may rewrite the template stored in the status, and with it what runs beside
 * the credential. For everyone but the Argo controller a Workflow changes only in what acts need.
 */
export const WORKFLOW_UPDATE: AdmissionPolicyProps = {
  name: "nightlane-workflow-update",
  rules: [{ ...ARGO, resources: ["workflows"], operations: ["UPDATE"] }],
  exempt: { "argo-controller": FROM_ARGO },
  variables: {
    status: "has(object.status) ? dyn(object.status) : dyn({})",
    oldStatus: "has(oldObject.status) ? dyn(oldObject.status) : dyn({})",
    nodes: "'nodes' in variables.status ? variables.status['nodes'] : dyn({})",
    oldNodes: "'nodes' in variables.oldStatus ? variables.oldStatus['nodes'] : dyn({})",
    changed: "variables.nodes.filter(id, !(id in variables.oldNodes) || variables.nodes[id] != variables.oldNodes[id])",
  },
  validations: [
    ...startRules("object.spec", RUNNING_FIELDS),
    READER_IS_LABELLED,
    // Its specification.
    {
      expression:
        "object.spec.workflowTemplateRef == oldObject.spec.workflowTemplateRef && has(object.spec.arguments) == has(oldObject.spec.arguments) && (!has(object.spec.arguments) || object.spec.arguments == oldObject.spec.arguments)",
      rule: "a running night keeps its template and its parameters",
      fix: "start a new run with `nightlane replay` or `nightlane restate`",
    },
    {
      expression: "object.spec.?shutdown.orValue('') in ['', 'Stop']",
      rule: "a night is ended by Stop, which runs its exit handler; Terminate would leave jobs behind in the customer's cluster",
      fix: "nightlane abort",
    },
    // Its status, which a decision writes.
    {
      expression: sameButFor("variables.status", "variables.oldStatus", DECISION_STATUS),
      received: `'another ' + variables.status.filter(field, !(field in ${listOf(DECISION_STATUS)}) && (!(field in variables.oldStatus) || variables.status[field] != variables.oldStatus[field])).join(', ')`,
      rule: "only Argo writes a night's stored template, locks, claims, artifacts and compressed nodes",
      fix: DECIDE,
    },
    {
      // Nobody can look into them here; nightwatch decides one node and packs them again.
      expression: `${sameField("compressedNodes", "variables.status", "variables.oldStatus")} || ${FROM_NIGHTWATCH}`,
      rule: "the compressed nodes of a large night are written by Argo, and by nightwatch for a decision",
      fix: DECIDE,
    },
    {
      expression: `variables.changed.all(id, id in variables.oldNodes && ${sameButFor(NODE, OLD_NODE, ["finishedAt", "message", "outputs", "phase"])})`,
      rule: "a node keeps its template, its inputs and its place; only Argo adds nodes",
      fix: DECIDE,
    },
    {
      // A night's Pod nodes are what Argo's executor says of them: one declared Succeeded would release all that depends on it.
      expression: `variables.changed.all(id, !(id in variables.oldNodes) || (${NODE}.type == 'Suspend' && ${OLD_NODE}[?'phase'].orValue('') in ['Pending', 'Running'] && ${NODE}[?'phase'].orValue('') in ['Succeeded', 'Failed']))`,
      rule: "a decision ends a node that waits for a person, once; how a step went, and what was decided, is never rewritten",
      fix: `${DECIDE}, while they wait`,
    },
    {
      expression: `variables.changed.all(id, size(string(${NODE}[?'message'].orValue(''))) <= ${LONGEST_MESSAGE})`,
      rule: `a decided node has a message of at most ${LONGEST_MESSAGE} characters`,
      fix: "say the reason in fewer words",
    },
    {
      expression: `variables.changed.all(id, !(id in variables.oldNodes) || ${sameField("outputs", NODE, OLD_NODE)} || ${isDecision(`${NODE}.outputs`)})`,
      rule: "of outputs, a decision sets the parameter decision, to one of its words: outputs become part of other steps' instructions, and under a globalName of the whole night's",
      fix: `${DECISIONS.join(", ")} as the output parameter decision`,
    },
    // Its metadata.
    {
      expression: onlyNotesDiffer(
        "object.metadata.?annotations.orValue({})",
        "oldObject.metadata.?annotations.orValue({})",
      ),
      rule: "of a night's annotations only those under nightlane/ change",
      fix: "use a key under nightlane/",
    },
    {
      expression: SAME_LABELS,
      rule: "a night keeps its labels: Argo and nightwatch find it by them",
      fix: "use an annotation under nightlane/",
    },
    {
      expression: `${FROM_KUBERNETES} || (${SAME_OWNERS})`,
      rule: "a night keeps its owner and its finalizers: they say when it is removed",
      fix: "leave ownerReferences and finalizers as they are",
    },
  ],
};

/** CEL: outputs that are one decision and nothing else. What was to supply it may stay beside it. */
function isDecision(outputs: string): string {
  const known = `${onlyFields("p", ["name", "value", "valueFrom"])} && p.name == 'decision' && p[?'value'].orValue('') in ${listOf(DECISIONS)}`;
  const supplied = "(!('valueFrom' in p) || dyn(p.valueFrom) == dyn({'supplied': {}}))";
  return `(${onlyFields(outputs, ["parameters"])} && size(${outputs}['parameters']) == 1 && ${outputs}['parameters'].all(p, ${known} && ${supplied}))`;
}
