import { join } from "node:path";
import { stringify } from "yaml";
import { writeSettings } from "./settings-file.ts";

/**
 * What the central API server records of writes to Argo's objects and to pods: who, what, and the answer. Tests
 * read from it what Argo's controller, its schedules, its executor and the garbage collection really send.
 */
const POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  omitManagedFields: true,
  rules: [
    {
      level: "Request",
      verbs: ["create", "update", "patch", "delete", "deletecollection"],
      resources: [
        { group: "argoproj.io", resources: ["*"] },
        { group: "", resources: ["pods", "pods/*"] },
      ],
    },
    { level: "None" },
  ],
};

/** File of the audit log, in the folder of an API server's configuration. */
export function auditLogFile(config: string): string {
  return join(config, "audit.log");
}

/** Writes the policy. @returns the API server's arguments */
export async function auditArguments(config: string): Promise<readonly string[]> {
  const policy = join(config, "audit-policy.yaml");
  await writeSettings(policy, stringify(POLICY));
  return [
    `--audit-policy-file=${policy}`,
    `--audit-log-path=${auditLogFile(config)}`,
    // Megabytes; one older file is kept beside it.
    "--audit-log-maxsize=200",
    "--audit-log-maxbackup=1",
  ];
}
