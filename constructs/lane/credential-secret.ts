import { ApiObject, JsonPatch } from "cdk8s";
import { Secret } from "cdk8s-plus-27";
import { Construct } from "constructs";
import { customerMetadata } from "../kubernetes/labels.ts";

/** Name of the one Secret a lane has for its customer's credentials. */
export const CREDENTIAL_SECRET = "credential";

/** Name of the volume in which a runner finds them. */
export const CREDENTIALS_VOLUME = "credentials";

/** The lane's credential Secret, always without data here: the Pulumi program fills it in, and nothing else sees it. */
export class CredentialSecret extends Construct {
  constructor(scope: Construct, id: string, customer: string) {
    super(scope, id);
    withoutData(
      new Secret(this, "secret", { metadata: customerMetadata(customer, CREDENTIAL_SECRET), type: "Opaque" }),
    );
  }
}

/** Leaves the data of a Secret to what fills it in: even an empty field set here would conflict with it permanently. */
export function withoutData(secret: Secret): void {
  ApiObject.of(secret).addJsonPatch(JsonPatch.remove("/stringData"), JsonPatch.remove("/immutable"));
}
