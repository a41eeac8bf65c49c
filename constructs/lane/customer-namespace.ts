import { Construct } from "constructs";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { customerMetadata } from "../kubernetes/labels.ts";
import { restrictedNamespace } from "../kubernetes/restricted-namespace.ts";

/** The lane's namespace: one per customer, Pod Security `restricted` enforced, used for its workflows only. */
export class CustomerNamespace extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    restrictedNamespace(this, "namespace", customerMetadata(customer, laneNamespace(customer)));
  }
}
