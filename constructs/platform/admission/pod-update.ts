import { Construct } from "constructs";
import { AdmissionPolicy } from "./admission-policy.ts";
import { FROM_ARGO, FROM_KUBERNETES } from "./identities.ts";

/** Annotations by which operators send orders to a running step. */
const ORDERS = "'nightlane/'";

/**
 * Decision 5 (docs/decisions): anyone who may patch pods may change a container's image, and so run a program of his own beside the
 * credential. For everyone but the Argo controller, and administrators too, a pod changes only in `nightlane/*` annotations.
 */
export class PodUpdate extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AdmissionPolicy(this, "policy", {
      name: "nightlane-pod-update",
      rules: [{ apiGroup: "", apiVersion: "v1", resources: ["pods"], operations: ["UPDATE"] }],
      exempt: { "argo-controller": FROM_ARGO },
      variables: [
        { name: "now", expression: "object.metadata.?annotations.orValue({})" },
        { name: "before", expression: "oldObject.metadata.?annotations.orValue({})" },
      ],
      validations: [
        {
          expression: "object.spec == oldObject.spec",
          rule: "a lane's pod keeps its specification: a changed image would run beside the customer's credential",
          fix: "send an order with `nightlane restart` or `nightlane stop`; a new image comes with a release",
        },
        {
          expression: `variables.now.all(key, key.startsWith(${ORDERS}) || (key in variables.before && variables.before[key] == variables.now[key])) && variables.before.all(key, key.startsWith(${ORDERS}) || key in variables.now)`,
          rule: "of a lane's pod only annotations under nightlane/ change",
          fix: "use a key under nightlane/",
        },
        {
          expression: "object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({})",
          rule: "a lane's pod keeps its labels: Argo and the network policies find it by them",
          fix: "use an annotation under nightlane/",
        },
        {
          expression: `${FROM_KUBERNETES} || (object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) && object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([]))`,
          rule: "a lane's pod belongs to its workflow and goes with it",
          fix: "leave ownerReferences and finalizers as they are",
        },
      ],
    });
  }
}
