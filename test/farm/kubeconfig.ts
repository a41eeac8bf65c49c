import { readFile, writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { CertificateFiles } from "./pki.ts";

/** How a user proves who it is. */
export type Identity =
  | { readonly token: string }
  | { readonly clientCertificatePem: string; readonly clientKeyPem: string };

/** What a kubeconfig contains. */
export interface KubeconfigProps {
  /** Name of the cluster and of the only context. */
  readonly cluster: string;
  readonly server: string;
  /** Certificate authority, PEM. */
  readonly authorityPem: string;
  readonly user: string;
  readonly identity: Identity;
  /** Namespace of the context. @default - "default", as kubectl has it */
  readonly namespace?: string;
}

/** A kubeconfig with exactly one context and everything inline. */
export function renderKubeconfig(props: KubeconfigProps): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const { identity } = props;
  const user =
    "token" in identity
      ? { token: identity.token }
      : {
          "client-certificate-data": base64(identity.clientCertificatePem),
          "client-key-data": base64(identity.clientKeyPem),
        };
  const context = {
    cluster: props.cluster,
    user: props.user,
    ...(props.namespace === undefined ? {} : { namespace: props.namespace }),
  };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: props.cluster,
        cluster: { server: props.server, "certificate-authority-data": base64(props.authorityPem) },
      },
    ],
    users: [{ name: props.user, user }],
    contexts: [{ name: props.cluster, context }],
    "current-context": props.cluster,
  });
}

/** Writes the kubeconfig of a user with a client certificate, readable by its owner only. */
export async function writeCertificateKubeconfig(
  file: string,
  props: Omit<KubeconfigProps, "authorityPem" | "identity">,
  authority: string,
  certificate: CertificateFiles,
): Promise<void> {
  const identity = {
    clientCertificatePem: await readFile(certificate.certificate, "utf8"),
    clientKeyPem: await readFile(certificate.key, "utf8"),
  };
  const content = renderKubeconfig({ ...props, authorityPem: await readFile(authority, "utf8"), identity });
  await writeFile(file, content, { mode: 0o600 });
}
