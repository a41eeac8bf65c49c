import type { Site } from "../site/site.ts";
import type { Created } from "./webhook.ts";

const securityContext = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const spec = {
  restartPolicy: "Never",
  containers: [
    {
      name: "probe",
      image: "probe",
      securityContext,
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "10m", memory: "32Mi" } },
    },
  ],
};
const kinds = {
  pods: { apiVersion: "v1", kind: "Pod", spec },
  jobs: { apiVersion: "batch/v1", kind: "Job", spec: { template: { spec } } },
} as const;

/**
 * Whether an object that is created now in Nightlane's namespace is changed on its way; it is a dry run.
 * @param label A label that it has. @default none
 */
export async function isChanged(
  { remoteApi, namespace }: Site,
  kind: keyof typeof kinds,
  changed: (created: Created) => boolean,
  label?: string,
): Promise<boolean> {
  const group = kind === "jobs" ? "apis/batch/v1" : "api/v1";
  const metadata = { name: "probe", ...(label === undefined ? {} : { labels: { [label]: "probe" } }) };
  const request = { method: "POST", path: `/${group}/namespaces/${namespace}/${kind}`, dryRun: true } as const;
  const { status, body } = await remoteApi.call({ ...request, body: { ...kinds[kind], metadata } });
  if (status !== 201) {
    throw new Error(`POST ${request.path} answered ${status}: ${JSON.stringify(body)}`);
  }
  return changed(body as Created);
}
