import { DECISIONS } from "../../../runs/step-act.ts";
import { ARGO } from "../../../runs/workflow.ts";
import type { AdmissionPolicyProps } from "./admission-policy.ts";
import { changedFields, listOf, onlyFields, sameButFor, sameField } from "./cel.ts";
import { FROM_ARGO, FROM_NIGHTWATCH } from "./identities.ts";
import { keptMetadata } from "./kept-metadata.ts";

/** What of its specification changes while a night runs: it is held back, or ended. */
const RUNNING_FIELDS: readonly string[] = ["suspend", "shutdown"];

/** Fields of a status that a decision touches: the nodes, as they are or as the controller compressed them. */
const DECISION_STATUS: readonly string[] = ["nodes", "compressedNodes"];

/** Of a decided node's message, characters: who decided, and the longest reason of an act. */
const LONGEST_MESSAGE = 1024;

const NODE = "variables.nodes[id]";
const OLD_NODE = "variables.oldNodes[id]";

/** What to do instead of writing what Argo keeps of a step. */
export const DECIDE = "decide single steps with `nightlane retry`, `skip` or `release`";

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
    // Its specification, which was checked when it was started.
    {
      expression: sameButFor("dyn(object.spec)", "dyn(oldObject.spec)", RUNNING_FIELDS),
      received: changedFields("dyn(object.spec)", "dyn(oldObject.spec)", RUNNING_FIELDS),
      rule: "a running night keeps its template and its parameters, and gets no entrypoint, pod patch, account, hook or volume of its own: it is only held back, or ended",
      fix: "start a new run with `nightlane replay` or `nightlane restate`; what a night does is changed in the customer's file",
    },
    {
      expression: "object.spec.?shutdown.orValue('') in ['', 'Stop']",
      rule: "a night is ended by Stop, which runs its exit handler; Terminate would leave jobs behind in the customer's cluster",
      fix: "nightlane end",
    },
    // Its status, which a decision writes.
    {
      expression: sameButFor("variables.status", "variables.oldStatus", DECISION_STATUS),
      received: changedFields("variables.status", "variables.oldStatus", DECISION_STATUS),
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
    ...keptMetadata("a night", "Argo and nightwatch"),
  ],
};

/** CEL: outputs that are one decision and nothing else. What was to supply it may stay beside it. */
function isDecision(outputs: string): string {
  const known = `${onlyFields("p", ["name", "value", "valueFrom"])} && p.name == 'decision' && p[?'value'].orValue('') in ${listOf(DECISIONS)}`;
  const supplied = "(!('valueFrom' in p) || dyn(p.valueFrom) == dyn({'supplied': {}}))";
  return `(${onlyFields(outputs, ["parameters"])} && size(${outputs}['parameters']) == 1 && ${outputs}['parameters'].all(p, ${known} && ${supplied}))`;
}
