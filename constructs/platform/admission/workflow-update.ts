import { Construct } from "constructs";
import { AdmissionPolicy, type Validation } from "./admission-policy.ts";
import { listOf, sameButFor, sameField } from "./cel.ts";
import { FROM_ARGO, FROM_KUBERNETES, FROM_NIGHTWATCH } from "./identities.ts";
import { READER_IS_LABELLED, RUNNING_FIELDS, startRules } from "./workflow-fields.ts";

/** Fields of a status that a decision touches: the nodes, as they are or as the controller compressed them. */
const DECISION_STATUS: readonly string[] = ["nodes", "compressedNodes"];

/** Fields of a node that a decision touches. */
const DECISION_NODE: readonly string[] = ["finishedAt", "message", "outputs", "phase"];

/**
 * Decision 5 (docs/decisions): anyone who may update Workflows may rewrite the template stored in the status, and with it what runs beside
 * the credential. For everyone but the Argo controller a Workflow changes only in what acts need.
 */
export class WorkflowUpdate extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-workflow-update",
      rules: [{ apiGroup: "argoproj.io", apiVersion: "v1alpha1", resources: ["workflows"], operations: ["UPDATE"] }],
      exempt: { "argo-controller": FROM_ARGO },
      variables: [
        { name: "status", expression: "has(object.status) ? dyn(object.status) : dyn({})" },
        { name: "oldStatus", expression: "has(oldObject.status) ? dyn(oldObject.status) : dyn({})" },
        { name: "nodes", expression: "'nodes' in variables.status ? variables.status['nodes'] : dyn({})" },
        { name: "oldNodes", expression: "'nodes' in variables.oldStatus ? variables.oldStatus['nodes'] : dyn({})" },
        {
          name: "changed",
          expression:
            "variables.nodes.filter(id, !(id in variables.oldNodes) || variables.nodes[id] != variables.oldNodes[id])",
        },
      ],
      validations: [
        ...startRules("object.spec", RUNNING_FIELDS),
        READER_IS_LABELLED,
        ...specRules(),
        ...statusRules(),
        ...noteRules(),
      ],
    });
  }
}

function specRules(): readonly Validation[] {
  return [
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
  ];
}

function statusRules(): readonly Validation[] {
  return [
    {
      expression: sameButFor("variables.status", "variables.oldStatus", DECISION_STATUS),
      received: `'another ' + variables.status.filter(field, !(field in ${listOf(DECISION_STATUS)}) && (!(field in variables.oldStatus) || variables.status[field] != variables.oldStatus[field])).join(', ')`,
      rule: "only Argo writes a night's stored template, locks, claims, artifacts and compressed nodes",
      fix: "decide single steps with `nightlane retry`, `skip` or `release`",
    },
    {
      // Nobody can look into them here; nightwatch decides one node and packs them again.
      expression: `${sameField("compressedNodes", "variables.status", "variables.oldStatus")} || ${FROM_NIGHTWATCH}`,
      rule: "the compressed nodes of a large night are written by Argo, and by nightwatch for a decision",
      fix: "decide single steps with `nightlane retry`, `skip` or `release`",
    },
    {
      expression: `variables.changed.all(id, id in variables.oldNodes && ${sameButFor("variables.nodes[id]", "variables.oldNodes[id]", DECISION_NODE)})`,
      rule: "a node keeps its template, its inputs and its place; only Argo adds nodes",
      fix: "decide single steps with `nightlane retry`, `skip` or `release`",
    },
    {
      expression: `variables.changed.all(id, !(id in variables.oldNodes) || ${sameField("outputs", "variables.nodes[id]", "variables.oldNodes[id]")} || (variables.nodes[id].type == 'Suspend' && ${plainOutputs("variables.nodes[id].outputs")}))`,
      rule: "outputs are set on waiting nodes only, to a plain word: outputs become part of other steps' instructions",
      fix: "RETRY, ADOPT or SKIP as the output parameter decision",
    },
  ];
}

function noteRules(): readonly Validation[] {
  const now = "object.metadata.?annotations.orValue({})";
  const before = "oldObject.metadata.?annotations.orValue({})";
  const note = "key.startsWith('nightlane/')";
  return [
    {
      expression: `${now}.all(key, ${note} || (key in ${before} && ${before}[key] == ${now}[key])) && ${before}.all(key, ${note} || key in ${now})`,
      rule: "of a night's annotations only those under nightlane/ change",
      fix: "use a key under nightlane/",
    },
    {
      expression: "object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({})",
      rule: "a night keeps its labels: Argo and nightwatch find it by them",
      fix: "use an annotation under nightlane/",
    },
    {
      expression: `${FROM_KUBERNETES} || (object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) && object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([]))`,
      rule: "a night keeps its owner and its finalizers: they say when it is removed",
      fix: "leave ownerReferences and finalizers as they are",
    },
  ];
}

/** CEL: outputs that are parameters with a short plain word, or still wait for one. */
function plainOutputs(outputs: string): string {
  return `${outputs}.all(field, field == 'parameters') && ${outputs}['parameters'].all(p, !('value' in p) || string(p.value).matches('^[A-Za-z0-9 _-]{0,64}$'))`;
}
