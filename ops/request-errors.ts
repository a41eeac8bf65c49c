/** What answered is not a Kubernetes API server. */
export class NotAnApiServer extends Error {
  override readonly name = "NotAnApiServer";

  constructor(
    readonly server: string,
    readonly status: number,
  ) {
    super(`${server} answered ${status} with a web page`);
  }
}

/** The credential that a kubeconfig names cannot be obtained: a file, a command or a token provider fails. */
export class CredentialError extends Error {
  override readonly name = "CredentialError";

  constructor(
    /** Name of the user in the kubeconfig. */
    readonly user: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
