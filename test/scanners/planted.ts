import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

const CONTAINER = { name: "main", image: "registry.example/tool:latest", securityContext: { privileged: true } };

/** Manifests that no scanner may let pass: a privileged pod on the node's network, and a template without an account. */
const BAD: Readonly<Record<string, object>> = {
  "deployment.yaml": {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "planted", namespace: "customer-planted" },
    spec: {
      selector: { matchLabels: { app: "planted" } },
      template: { metadata: { labels: { app: "planted" } }, spec: { hostNetwork: true, containers: [CONTAINER] } },
    },
  },
  "workflow-template.yaml": {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "WorkflowTemplate",
    metadata: { name: "planted", namespace: "customer-planted" },
    spec: { entrypoint: "main", templates: [{ name: "main", container: CONTAINER }] },
  },
};

/** Checks that must speak up on them; one that does not is not looking. */
export const PLANTED_CHECKS: readonly string[] = [
  "checkov CKV_K8S_16 Deployment customer-planted/planted",
  "checkov CKV_K8S_19 Deployment customer-planted/planted",
  "checkov CKV_ARGO_1 WorkflowTemplate customer-planted/planted",
  "checkov CKV_ARGO_2 WorkflowTemplate customer-planted/planted",
  "kube-score container-security-context-privileged Deployment customer-planted/planted",
  "kube-score container-image-tag Deployment customer-planted/planted",
];

/** Writes the bad manifests into a folder. */
export function plant(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [file, object] of Object.entries(BAD)) {
    writeFileSync(join(folder, file), stringify(object));
  }
}
