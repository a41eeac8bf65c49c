import type { CustomerDefinition } from "../constructs/definition/customer-definition.ts";

/** A kubeconfig for the customer's declared server and certificate authority, as JSON, which is YAML too. */
export function toKubeconfig({ name, cluster }: CustomerDefinition, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [
      {
        name,
        cluster: {
          server: cluster.server,
          "certificate-authority-data": Buffer.from(cluster.ca).toString("base64"),
        },
      },
    ],
    users: [{ name, user: { token } }],
  });
}
