/**
 * Where a credential is found at deployment, or that none is stored. A reference names the place; the credential itself
 * never enters a definition, a manifest or a snapshot.
 */
export type CredentialReference = GitlabFile | PulumiSecret | Federated;

/** A GitLab CI variable of type File: the environment variable holds the path of a file, the file the credential. */
export interface GitlabFile {
  readonly kind: "gitlabFile";
  /** Name of the environment variable, scoped in GitLab to the environment `customers/<name>`. */
  readonly variable: string;
}

/** A secret of the customer's Pulumi stack, set with `pulumi config set --secret <key>`. */
export interface PulumiSecret {
  readonly kind: "pulumiSecret";
  /** Key in the stack's configuration, without the project's prefix. */
  readonly key: string;
}

/**
 * The credential is the content of the file named by the environment variable `variable`.
 * @example
 * ```ts
 * const credentials = { kubeconfig: gitlabFile("CUSTOMER_KUBECONFIG") };
 * ```
 * @see https://docs.gitlab.com/ci/variables/#use-file-type-cicd-variables
 */
export function gitlabFile(variable: string): GitlabFile {
  return { kind: "gitlabFile", variable };
}

/**
 * The credential is the secret `key` of the customer's Pulumi stack.
 * @example
 * ```ts
 * const credentials = { kubeconfig: pulumiSecret("kubeconfig") };
 * ```
 * @see https://www.pulumi.com/docs/iac/concepts/secrets/
 */
export function pulumiSecret(key: string): PulumiSecret {
  return { kind: "pulumiSecret", key };
}

/** No stored credential: each runner has a token of its own pod, which the customer's API server accepts. */
export interface Federated {
  readonly kind: "federated";
}

/**
 * Nothing is stored: Kubernetes makes a token for each of the lane's pods, valid for an hour and for this customer
 * alone, and the customer's API server accepts it since it trusts the central cluster's issuer, as configured by
 * `dist/<name>/api-server/authentication.yaml`. Only for `kubeconfig`; `central.json` names the `issuer`.
 * @example
 * ```ts
 * const credentials = { kubeconfig: federated() };
 * ```
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 */
export function federated(): Federated {
  return { kind: "federated" };
}

/**
 * The credentials of one customer. What its programs need beside them stays in its cluster: `secretKey` and
 * `secretFiles`.
 */
export interface CustomerCredentials {
  /**
   * How nights sign in to the customer's cluster: `federated()`, or where a kubeconfig is found, with exactly one context,
   * an inline CA and a bearer token or client certificate.
   */
  readonly kubeconfig: CredentialReference;
  /**
   * Where the kubeconfig of Argo CD's own identity in the customer's cluster is found. It goes to Argo CD and to no pod
   * of the lane.
   * @default - none: only a customer with `apps` has one
   */
  readonly appsKubeconfig?: CredentialReference;
}

/** Name of Argo CD's credential among a customer's credentials. */
export const APPS_KUBECONFIG = "appsKubeconfig";
