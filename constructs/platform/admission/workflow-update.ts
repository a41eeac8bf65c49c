import { Construct } from "constructs";
import { AdmissionPolicy, type Validation } from "./admission-policy.ts";
import { listOf } from "./cel.ts";
import { FROM_ARGO } from "./identities.ts";
import { OPERATOR_FIELDS, READER_IS_LABELLED, startRules } from "./workflow-fields.ts";

/** Fields of a status that stopping, deciding and retrying touch. All others are Argo's: the stored template above all. */
const OPERATOR_STATUS: readonly string[] = [
  "conditions",
  "estimatedDuration",
  "finishedAt",
  "message",
  "nodes",
  "phase",
  "progress",
  "resourcesDuration",
  "startedAt",
  "taskResultsCompletionStatus",
];

/** Fields of a node that a decision or a retry touches. */
const OPERATOR_NODE: readonly string[] = [
  "children",
  "estimatedDuration",
  "finishedAt",
  "message",
  "outboundNodes",
  "outputs",
  "phase",
  "progress",
  "resourcesDuration",
  "startedAt",
  "taskResultSynced",
];

/** Keys under which operators and Argo's own command line note who did what. */
const NOTES = listOf(["nightlane/", "workflows.argoproj.io/"]);

/**
 * Decision 5: whoever may update Workflows may rewrite the template stored in the status, and with it what runs beside
 * the credential. For everyone but the Argo controller a Workflow changes only in what the operators' verbs need.
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
        ...startRules("object.spec", OPERATOR_FIELDS),
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
      mend: "start a new run with `nightlane replay` or `nightlane restate`",
    },
    {
      expression: "object.spec.?shutdown.orValue('') in ['', 'Stop']",
      rule: "a night is ended by Stop, which runs its exit handler; Terminate would leave jobs behind in the customer's cluster",
      mend: "nightlane abort",
    },
  ];
}

function statusRules(): readonly Validation[] {
  return [
    {
      expression: sameButFor("variables.status", "variables.oldStatus", OPERATOR_STATUS),
      received: `'another ' + variables.status.filter(field, !(field in ${listOf(OPERATOR_STATUS)}) && (!(field in variables.oldStatus) || variables.status[field] != variables.oldStatus[field])).join(', ')`,
      rule: "only Argo writes a night's stored template, locks, claims, artifacts and compressed nodes",
      mend: "decide single steps with `nightlane retry`, `skip` or `release`",
    },
    {
      expression: `variables.changed.all(id, id in variables.oldNodes && ${sameButFor("variables.nodes[id]", "variables.oldNodes[id]", OPERATOR_NODE)})`,
      rule: "a node keeps its template, its inputs and its place; only Argo adds nodes",
      mend: "decide single steps with `nightlane retry`, `skip` or `release`",
    },
    {
      expression: `variables.changed.all(id, !(id in variables.oldNodes) || ${sameField("outputs", "variables.nodes[id]", "variables.oldNodes[id]")} || (variables.nodes[id].type == 'Suspend' && ${plainOutputs("variables.nodes[id].outputs")}))`,
      rule: "outputs are set on waiting nodes only, to a plain word: outputs become part of other steps' instructions",
      mend: "RETRY or SKIP as the output parameter decision",
    },
  ];
}

function noteRules(): readonly Validation[] {
  return ["labels", "annotations"].map((field) => {
    const now = `object.metadata.?${field}.orValue({})`;
    const before = `oldObject.metadata.?${field}.orValue({})`;
    const note = `${NOTES}.exists(prefix, key.startsWith(prefix))`;
    return {
      expression: `${now}.all(key, ${note} || (key in ${before} && ${before}[key] == ${now}[key])) && ${before}.all(key, ${note} || key in ${now})`,
      rule: `of a night's ${field} only those under nightlane/ and workflows.argoproj.io/ change`,
      mend: "use a key under nightlane/",
    };
  });
}

/** CEL: two maps agree in every field outside a list. */
function sameButFor(now: string, before: string, free: readonly string[]): string {
  const isFree = `field in ${listOf(free)}`;
  return `${now}.all(field, ${isFree} || (field in ${before} && ${now}[field] == ${before}[field])) && ${before}.all(field, ${isFree} || field in ${now})`;
}

/** CEL: two maps agree in one field, or both lack it. */
function sameField(field: string, now: string, before: string): string {
  return `(('${field}' in ${now}) == ('${field}' in ${before}) && (!('${field}' in ${now}) || ${now}['${field}'] == ${before}['${field}']))`;
}

/** CEL: outputs that are parameters with a short plain word, or still wait for one. */
function plainOutputs(outputs: string): string {
  return `${outputs}.all(field, field == 'parameters') && ${outputs}['parameters'].all(p, !('value' in p) || string(p.value).matches('^[A-Za-z0-9 _-]{0,64}$'))`;
}
