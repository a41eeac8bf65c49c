import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { renderKubeconfig } from "../../farm/kubeconfig.ts";
import type { Api } from "../../support/api.ts";

/** A credential of one service account that can be withdrawn by itself. */
export interface CredentialProps {
  /** The customer's cluster, as its administrator. */
  readonly api: Api;
  readonly namespace: string;
  readonly account: string;
  /** Name of the cluster in the kubeconfig. */
  readonly cluster: string;
  readonly server: string;
  /** File of the cluster's certificate authority. */
  readonly authority: string;
  /** Where the kubeconfig is written. */
  readonly file: string;
}

/** A kubeconfig whose token lives as long as the Secret that it is bound to. */
export class Credential {
  private boundTo: string | undefined;

  constructor(private readonly props: CredentialProps) {}

  /** Writes a kubeconfig with a new token. The one before stays valid until {@link withdraw}. */
  async issue(): Promise<Withdrawal> {
    const { api, namespace, account, cluster, server, authority, file } = this.props;
    const before = this.boundTo;
    const name = `token-${account}-${randomBytes(4).toString("hex")}`;
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const made = await api.call({ method: "POST", path: secrets, body: { metadata: { name } } });
    const { uid } = (made.body as { readonly metadata: { readonly uid: string } }).metadata;
    const request = await api.call({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 30 * 24 * 3600, boundObjectRef: { apiVersion: "v1", kind: "Secret", name, uid } },
      },
    });
    const token = (request.body as { readonly status?: { readonly token?: string } }).status?.token;
    if (token === undefined) {
      throw new Error(`no token for ${account}: ${JSON.stringify(request.body)}`);
    }
    const authorityPem = await readFile(authority, "utf8");
    const content = { cluster, server, authorityPem, user: account, identity: { token }, namespace };
    await writeFile(file, renderKubeconfig(content), { mode: 0o600 });
    this.boundTo = name;
    return async () => {
      if (before !== undefined) {
        await api.call({ method: "DELETE", path: `${secrets}/${before}` });
      }
    };
  }
}

/** Makes the token that was valid before invalid. */
export type Withdrawal = () => Promise<void>;
