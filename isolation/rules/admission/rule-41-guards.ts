import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { HAVE_IT_REVIEWED, KNOWN_GUARDS } from "../../known/known.ts";
import { fields, fieldsList, list, strings, text } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import type { EstateView } from "../../model/view.ts";
import { checkParts, platformObjects } from "../as-read.ts";
import type { Inspection, Rule } from "../rule.ts";

const POLICY = "ValidatingAdmissionPolicy";
const BINDING = "ValidatingAdmissionPolicyBinding";
const DEFINITION = "CustomResourceDefinition";

/** Policies that hold only where customers may have applications. */
const OF_ARGO_CD = "nightlane-argo-cd";

/** Policies that apply to the platform's namespaces, too. */
const EVERYWHERE = new Set([
  OF_ARGO_CD,
  "nightlane-fingerprints",
  "nightlane-lanes-only",
  "nightlane-namespace-labels",
]);

/** Namespaces that a binding may leave out, beside that of the monitoring. */
const LEFT_OUT = [
  "kube-system",
  "kube-public",
  "kube-node-lease",
  "argo",
  "argocd",
  "nightlane-system",
  "nightlane-probe",
];

export const guards: Rule = {
  number: 41,
  name: "guards",
  info: "An admission policy, its binding or a definition of one of Nightlane's kinds is missing, lets something past, or is not the one that was reviewed.",
  explanation:
    "Most of the boundary is what the API server refuses, so that a policy which only warns, fails open, leaves a lane out or has an expression that is always true takes it away while every other object stays as it was. So each policy is required, part by part as it was reviewed (isolation/known/guards.json), and each binding with Deny, with parameters that must be there, and with the platform's namespaces alone left out, by the label that the API server writes. What people write in Nightlane's own kinds is shaped by their schemas, which are required likewise: an act whose reason may be anything controls the terminal that shows it. Whether an expression refuses what it should is shown by test/api/admission.test.ts on a real API server.",
  unit: "policies, bindings and definitions",
  check(view, inspection) {
    const expected = Object.keys(KNOWN_GUARDS[POLICY]).filter((name) => name !== OF_ARGO_CD || view.central.argoCd);
    for (const name of expected) {
      checkParts(POLICY, name, view, inspection);
      checkBinding(name, platformObjects(view, BINDING, name), view, inspection);
    }
    for (const name of Object.keys(KNOWN_GUARDS[DEFINITION])) {
      checkParts(DEFINITION, name, view, inspection);
    }
    for (const { manifest, object } of view.objects) {
      if ((manifest.kind === POLICY || manifest.kind === BINDING) && !expected.includes(manifest.metadata.name)) {
        inspection.report(object, "is not one of the policies that were reviewed", HAVE_IT_REVIEWED);
      }
    }
  },
};

function checkBinding(name: string, found: readonly Manifest[], view: EstateView, inspection: Inspection): void {
  const [binding] = found;
  inspection.examine(found.length);
  if (binding === undefined || found.length > 1) {
    inspection.report(
      `${BINDING} ${name}`,
      `there are ${found.length} of it: the policy holds nowhere`,
      HAVE_IT_REVIEWED,
    );
    return;
  }
  const spec = fields(binding.spec);
  const report = (message: string, fix: string): void => inspection.report(objectName(binding), message, fix);
  if (spec.policyName !== name) {
    report(`binds policy ${text(spec.policyName) ?? "(none)"}`, `policyName: ${name}`);
  }
  if (JSON.stringify(spec.validationActions) !== JSON.stringify(["Deny", "Audit"])) {
    report(`does ${strings(spec.validationActions).join(", ") || "nothing"}`, "validationActions: [Deny, Audit]");
  }
  const parameters = fields(spec.paramRef);
  const takesParameters = KNOWN_GUARDS[POLICY][name]?.paramKind !== undefined;
  const wanted = { name: "admission-images", namespace: "nightlane-system", parameterNotFoundAction: "Deny" };
  if (
    JSON.stringify(takesParameters ? parameters : spec.paramRef) !==
    JSON.stringify(takesParameters ? wanted : undefined)
  ) {
    report("has other parameters, or does without them where there are none", `paramRef: ${JSON.stringify(wanted)}`);
  }
  const unknown = Object.keys(spec).filter(
    (field) => !["policyName", "validationActions", "paramRef", "matchResources"].includes(field),
  );
  if (unknown.length > 0) {
    report(`has ${unknown.join(", ")}`, "remove it");
  }
  checkWhere(name, spec.matchResources, view, report);
}

function checkWhere(
  name: string,
  where: unknown,
  view: EstateView,
  report: (message: string, fix: string) => void,
): void {
  if (EVERYWHERE.has(name)) {
    if (where !== undefined) {
      report("does not hold everywhere", "remove matchResources");
    }
    return;
  }
  const match = fields(where);
  const selector = fields(match.namespaceSelector);
  const [expression, ...others] = fieldsList(selector.matchExpressions);
  const isByName =
    Object.keys(match).join() === "namespaceSelector" &&
    Object.keys(selector).join() === "matchExpressions" &&
    others.length === 0 &&
    expression?.key === "kubernetes.io/metadata.name" &&
    expression.operator === "NotIn";
  const monitoring = view.central.monitoring?.namespace;
  const left = list(expression?.values).filter(
    // A lane that central.json names as the monitoring's is left out like any other lane.
    (namespace) =>
      !LEFT_OUT.includes(String(namespace)) &&
      (namespace !== monitoring || view.laneByNamespace.has(String(namespace))),
  );
  if (!isByName || left.length > 0) {
    report(
      left.length > 0 ? `leaves out ${left.join(", ")}` : "chooses by something else than the namespaces' names",
      "leave out the platform's namespaces alone, by kubernetes.io/metadata.name NotIn",
    );
  }
}
