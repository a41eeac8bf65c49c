import { federatedUser } from "../../../constructs/lane/federation.ts";
import { customerOf, type EstateView } from "../../model/view.ts";
import type { BindingView } from "../../rbac/bindings.ts";
import type { PlatformIdentity } from "../../rbac/grant.ts";
import { grantFix, isGranted, platformIdentity } from "../../rbac/platform-identities.ts";
import { showPermission } from "../../rbac/policy-rule.ts";
import { power, reachesSecrets, writesNamespaces } from "../../rbac/powers.ts";
import { type Subject, subjectName } from "../../rbac/subject.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Service accounts of customers and cluster-wide bindings to everyone have rules of their own: 2 and 3. */
export const bindingSubjects: Rule = {
  number: 1,
  name: "binding-subjects",
  info: "A binding gives rights to a subject that is neither the customer's own nor on the fixed list of platform identities, or gives a platform identity a right that the list does not.",
  explanation:
    "A subject that is bound in two lanes is a bridge between them. So a lane binds its own service accounts only, and the few identities that serve all lanes are written down with each right and its reason, where a review sees a new one.",
  unit: "bindings",
  check(view, inspection) {
    for (const binding of view.rbac.bindings) {
      inspection.examine();
      for (const subject of binding.subjects) {
        checkSubject(view, binding, subject, inspection);
      }
    }
    for (const { lane, rbac } of view.customerSideRbac) {
      for (const binding of rbac.bindings) {
        inspection.examine();
        for (const subject of binding.subjects) {
          checkAccount(binding, subject, inspection);
        }
        const strangers = binding.subjects.filter(
          (subject) =>
            subject.kind === "everyone" ||
            subject.kind === "accountsOf" ||
            (subject.kind === "named" && !isLane(subject, lane.name)),
        );
        for (const subject of strangers) {
          inspection.report(
            binding.object,
            `binds ${subjectName(subject)} in the cluster of ${lane.name}`,
            "bind only service accounts of the namespace that the customer provided or, for a federated customer, its own lane",
          );
        }
      }
    }
  },
};

/** Whether a user of a customer's cluster is that customer's lane, as a federated one is known there. */
function isLane({ type, name }: { readonly type: "User" | "Group"; readonly name: string }, customer: string): boolean {
  return type === "User" && name === federatedUser(customer);
}

function checkSubject(view: EstateView, binding: BindingView, subject: Subject, inspection: Inspection): void {
  if (subject.kind === "malformed") {
    return;
  }
  if (customerOf(view, subject) !== undefined) {
    checkAccount(binding, subject, inspection);
    return;
  }
  const identity = platformIdentity(subject);
  if (identity !== undefined) {
    checkGrants(binding, identity, inspection);
  } else if (binding.namespace !== undefined || subject.kind !== "everyone") {
    inspection.report(
      binding.object,
      `binds ${subjectName(subject)}, which is neither a customer's nor a known part of the platform`,
      "bind a service account of the lane, or add the identity with its reasons to isolation/rbac/platform-identities.ts",
    );
  }
}

/**
 * A binding has the name of its account: any other, such as `default`, which every pod has, gets rights that nobody
 * meant to give.
 */
function checkAccount(
  { object, namespace, manifest: { metadata } }: BindingView,
  subject: Subject,
  inspection: Inspection,
): void {
  if (subject.kind === "account" && subject.namespace === namespace && subject.name !== metadata.name) {
    inspection.report(
      object,
      `binds ${subjectName(subject)}, whose name it does not have`,
      "bind the account that has the binding's name, and no other",
    );
  }
}

function checkGrants(binding: BindingView, identity: PlatformIdentity, inspection: Inspection): void {
  const extra = (binding.role?.permissions ?? []).filter(
    (permission) =>
      !isGranted(identity, permission, binding.namespace) &&
      // Rules 5, 10 and 35 report these.
      power(permission) === undefined &&
      !reachesSecrets(permission) &&
      !writesNamespaces(permission),
  );
  for (const permission of extra) {
    inspection.report(
      binding.object,
      `gives ${identity.name} ${showPermission(permission)}, which is not on the list of its rights`,
      grantFix(permission),
    );
  }
}
