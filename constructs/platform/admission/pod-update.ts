import { type AdmissionPolicyProps, CORE } from "./admission-policy.ts";
import { FROM_ARGO } from "./identities.ts";
import { keptMetadata } from "./kept-metadata.ts";

/**
 * Decision 5 (docs/decisions): anyone who may patch pods may change a container's image, and so run a program of his own beside the
 * credential. For everyone but the Argo controller, and administrators too, a pod changes only in `nightlane/*` annotations.
 */
export const POD_UPDATE: AdmissionPolicyProps = {
  name: "nightlane-pod-update",
  rules: [{ ...CORE, resources: ["pods"], operations: ["UPDATE"] }],
  exempt: { "argo-controller": FROM_ARGO },
  validations: [
    {
      expression: "object.spec == oldObject.spec",
      rule: "a lane's pod keeps its specification: a changed image would run beside the customer's credential",
      fix: "send an order with `nightlane restart` or `nightlane stop`; a new image comes with a release",
    },
    ...keptMetadata("a lane's pod", "Argo and the network policies"),
  ],
};
