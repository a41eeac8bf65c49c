import { customerOf } from "../../model/view.ts";
import { subjectName } from "../../rbac/subject.ts";
import type { Rule } from "../rule.ts";

export const foreignServiceAccounts: Rule = {
  number: 2,
  name: "foreign-service-accounts",
  info: "A binding in a namespace names a service account of another customer, or one without a namespace.",
  explanation:
    "Service accounts have the same names in every lane, so a binding with a wrong or missing namespace looks right and opens one lane to another. A user or group that stands for service accounts (system:serviceaccount:<namespace>:<name>) is read as what it stands for.",
  unit: "subjects of bindings",
  check(view, inspection) {
    for (const binding of view.rbac.bindings) {
      for (const subject of binding.subjects) {
        inspection.examine();
        const owner = customerOf(view, subject);
        if (subject.kind === "malformed") {
          inspection.report(binding.object, `binds a ${subject.name}`, "write the service account's namespace");
        } else if (owner !== undefined && binding.namespace !== undefined && owner.namespace !== binding.namespace) {
          inspection.report(
            binding.object,
            `binds ${subjectName(subject)} of ${owner.name} in namespace ${binding.namespace}`,
            `bind service accounts of ${binding.namespace} only`,
          );
        }
      }
    }
    for (const { rbac } of view.customerSideRbac) {
      for (const binding of rbac.bindings) {
        for (const subject of binding.subjects) {
          inspection.examine();
          if (subject.kind === "malformed" || (subject.kind === "account" && subject.namespace !== binding.namespace)) {
            inspection.report(
              binding.object,
              `binds ${subjectName(subject)} in namespace ${binding.namespace ?? "(all)"}`,
              "bind service accounts of the binding's own namespace",
            );
          }
        }
      }
    }
  },
};
