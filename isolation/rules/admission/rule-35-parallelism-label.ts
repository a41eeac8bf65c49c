import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { fields, fieldsList, strings } from "../../model/fields.ts";
import type { EstateView } from "../../model/view.ts";
import { grantedToPlatform } from "../../rbac/granted.ts";
import { showPermission } from "../../rbac/policy-rule.ts";
import { power, writesNamespaces } from "../../rbac/powers.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Label by which Argo lets one namespace run more workflows at once than the others. */
const LABEL = "workflows.argoproj.io/parallelism-limit";

export const parallelismLabel: Rule = {
  number: 35,
  name: "parallelism-label",
  info: `The namespace label ${LABEL} is not protected: an identity may write namespaces, no admission policy guards it, or a lane sets it itself.`,
  explanation:
    "Argo reads the limit of workflows at once from a label of the namespace, above its own setting. Anyone who writes the label takes the controller's time from all other lanes. No role may write namespaces; a policy that fails closed, is bound everywhere and denies must name the label; and a lane's manifest does not lift its own limit.",
  unit: "namespaces, roles and policies",
  check(view, inspection) {
    checkRoles(view, inspection);
    checkPolicy(view, inspection);
    for (const { manifest, object } of view.objects.filter(({ manifest: { kind } }) => kind === "Namespace")) {
      inspection.examine();
      if (LABEL in (manifest.metadata.labels ?? {})) {
        inspection.report(
          object,
          `sets ${LABEL} itself`,
          "remove the label; the controller's setting holds for all lanes",
        );
      }
    }
  },
};

function checkRoles(view: EstateView, inspection: Inspection): void {
  for (const role of view.rbac.roles) {
    inspection.examine();
    // A wildcard includes namespaces, too: rule 5 reports it.
    const writing = role.permissions.filter(
      (permission) =>
        writesNamespaces(permission) &&
        !power(permission)?.includes("wildcard") &&
        !grantedToPlatform(role, permission),
    );
    for (const permission of writing) {
      inspection.report(
        role.object,
        `allows ${showPermission(permission)}`,
        "remove it: only deployments write namespaces",
      );
    }
  }
}

/** There must be a policy that guards the label, and a binding that makes it count. */
function checkPolicy(view: EstateView, inspection: Inspection): void {
  const policies = view.platform.filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
  const bindings = view.platform.filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding");
  inspection.examine(policies.length);
  const guards = policies.filter(guardsLabel);
  const bound = guards.some(({ metadata: { name } }) => bindings.some((binding) => denies(binding, name)));
  if (!bound) {
    inspection.report(
      guards[0] === undefined ? "the platform" : `ValidatingAdmissionPolicy ${guards[0].metadata.name}`,
      guards[0] === undefined
        ? `has no admission policy that guards ${LABEL}`
        : "is not bound everywhere with the action Deny",
      "see constructs/platform/admission/namespace-labels.ts",
    );
  }
}

function guardsLabel(policy: Manifest): boolean {
  const spec = fields(policy.spec);
  const rules = fieldsList(fields(spec.matchConstraints).resourceRules);
  const seesChanges = rules.some(
    (rule) =>
      strings(rule.resources).includes("namespaces") &&
      ["CREATE", "UPDATE"].every((operation) => strings(rule.operations).includes(operation)),
  );
  return spec.failurePolicy === "Fail" && seesChanges && JSON.stringify(spec).includes(LABEL);
}

function denies(binding: Manifest, policy: string): boolean {
  const spec = fields(binding.spec);
  return (
    spec.policyName === policy && strings(spec.validationActions).includes("Deny") && spec.matchResources === undefined
  );
}
