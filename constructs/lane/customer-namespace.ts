import { Construct } from "constructs";
import { laneNamespace } from "../central-cluster.ts";
import { customerMetadata } from "../labels.ts";
import { restrictedNamespace } from "../restricted-namespace.ts";

/** The lane's namespace: one per customer, Pod Security `restricted` enforced, used for its workflows only. */
export class CustomerNamespace extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    restrictedNamespace(this, "namespace", customerMetadata(customer, laneNamespace(customer)));
  }
}
