import { Secret } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { customerMetadata } from "../labels.ts";

/** Name of the one Secret a lane has for its customer's credentials. */
export const CREDENTIAL_SECRET = "credential";

/** The lane's credential Secret, always without data here: the Pulumi program puts it in, and nothing else sees it. */
export class CredentialSecret extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    new Secret(this, "secret", { metadata: customerMetadata(customer, CREDENTIAL_SECRET), type: "Opaque" });
  }
}
