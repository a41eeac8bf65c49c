import { stringify } from "yaml";
import { certificate } from "./certificates.ts";

/** In a test, a credential that must never be shown. */
export const CANARY = "canary-9f8e7d6c5b4a";

interface KubeconfigParts {
  readonly contexts: readonly unknown[];
  readonly clusters: readonly unknown[];
  readonly users: readonly unknown[];
  readonly "current-context": unknown;
}

/** What a test changes in a valid kubeconfig for `testCustomer()`. */
export interface KubeconfigChanges extends Partial<KubeconfigParts> {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

/** Base64 of a text, as kubeconfigs hold certificates. */
export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A kubeconfig as YAML. A part of `cluster` or `user` is removed by setting it to undefined. */
export function kubeconfig({ cluster, user, ...parts }: KubeconfigChanges = {}): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    contexts: [{ name: "testbank", context: { cluster: "testbank", user: "nightlane", namespace: "risk" } }],
    clusters: [
      {
        name: "testbank",
        cluster: {
          server: "https://k8s.testbank.example:6443",
          "certificate-authority-data": base64(certificate("valid")),
          ...cluster,
        },
      },
    ],
    users: [{ name: "nightlane", user: { token: CANARY, ...user } }],
    "current-context": "testbank",
    ...parts,
  });
}
