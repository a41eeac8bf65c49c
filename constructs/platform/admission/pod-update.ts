import { type AdmissionPolicyProps, CORE } from "./admission-policy.ts";
import { onlyNotesDiffer, SAME_LABELS, SAME_OWNERS } from "./cel.ts";
import { FROM_ARGO, FROM_KUBERNETES } from "./identities.ts";

/**
 * Decision 5 (docs/decisions): anyone who may patch pods may change a container's image, and so run a program of his own beside the
 * credential. For everyone but the Argo controller, and administrators too, a pod changes only in `nightlane/*` annotations.
 */
export const POD_UPDATE: AdmissionPolicyProps = {
  name: "nightlane-pod-update",
  rules: [{ ...CORE, resources: ["pods"], operations: ["UPDATE"] }],
  exempt: { "argo-controller": FROM_ARGO },
  variables: {
    now: "object.metadata.?annotations.orValue({})",
    before: "oldObject.metadata.?annotations.orValue({})",
  },
  validations: [
    {
      expression: "object.spec == oldObject.spec",
      rule: "a lane's pod keeps its specification: a changed image would run beside the customer's credential",
      fix: "send an order with `nightlane restart` or `nightlane stop`; a new image comes with a release",
    },
    {
      expression: onlyNotesDiffer("variables.now", "variables.before"),
      rule: "of a lane's pod only annotations under nightlane/ change",
      fix: "use a key under nightlane/",
    },
    {
      expression: SAME_LABELS,
      rule: "a lane's pod keeps its labels: Argo and the network policies find it by them",
      fix: "use an annotation under nightlane/",
    },
    {
      expression: `${FROM_KUBERNETES} || (${SAME_OWNERS})`,
      rule: "a lane's pod belongs to its workflow and goes with it",
      fix: "leave ownerReferences and finalizers as they are",
    },
  ],
};
