import type { TokenIssuer } from "../definition/central-cluster.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { FEDERATED_USER_PREFIX, federatedAudience, federatedSubject } from "../lane/federation.ts";

/**
 * The file with which the customer's API server is started, or what is added to one that it already has, so that it
 * accepts the tokens of this customer's lane and of nothing else in the central cluster. It is a file of the API
 * server, not an object: it cannot be applied.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 */
export function authenticationConfiguration({ name }: CustomerDefinition, issuer: TokenIssuer): object {
  return {
    // Known since 1.30; `v1` is since 1.34 only.
    apiVersion: "apiserver.config.k8s.io/v1beta1",
    kind: "AuthenticationConfiguration",
    jwt: [
      {
        issuer: {
          url: issuer.url,
          audiences: [federatedAudience(name)],
          ...(issuer.ca === undefined ? {} : { certificateAuthority: issuer.ca }),
        },
        claimValidationRules: [{ claim: "sub", requiredValue: federatedSubject(name) }],
        claimMappings: { username: { claim: "sub", prefix: FEDERATED_USER_PREFIX } },
      },
    ],
  };
}
