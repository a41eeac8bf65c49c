import { ARGO_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { ARGO_SERVICE_ACCOUNT } from "../../constructs/platform/argo-rbac.ts";
import type { Template, WorkflowSpec } from "../../constructs/workflow/argo.ts";
import { TOKEN_SOURCES, TOKEN_VOLUME } from "../../constructs/workflow/pod-patch.ts";
import type { Identity } from "../support/api.ts";

/** The Argo controller, as the API server knows it. */
export const ARGO_CONTROLLER: Identity = {
  user: `system:serviceaccount:${ARGO_NAMESPACE}:${ARGO_SERVICE_ACCOUNT}`,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${ARGO_NAMESPACE}`, "system:authenticated"],
};

/** Parts of a pod that tests change. */
export interface PodObject {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly [field: string]: unknown };
}

/** Settings of a container that Pod Security `restricted` lets through. */
export const RESTRICTED = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;

export interface ArgoPodProps {
  /** The lane's WorkflowTemplate. */
  readonly template: Manifest;
  readonly namespace: string;
  readonly name: string;
  /** Image of Argo's own containers. */
  readonly executorImage: string;
  /**
   * What a compromised runner runs instead. Argo's containers then end at once, because they have no step to supervise.
   * @default - the runner, as in the template
   */
  readonly command?: readonly string[];
}

/**
 * A runner pod as the Argo controller makes it from a lane's template: Argo's containers, which alone mount the
 * executor's token, around the runner, whose mounts Argo mirrors into its wait container.
 */
export function argoPod(props: ArgoPodProps): PodObject {
  const { template, namespace, name, command } = props;
  const spec = template.spec as WorkflowSpec;
  const runner = (spec.templates ?? []).find((each: Template) => each.container !== undefined)?.container;
  if (runner === undefined) {
    throw new Error(`${template.metadata.name} has no container template`);
  }
  const verb = (name: string): string => (command === undefined ? name : "version");
  const token = { name: TOKEN_VOLUME, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true };
  const scratch = { name: "var-run-argo", mountPath: "/var/run/argo" };
  const argo = {
    image: props.executorImage,
    imagePullPolicy: "IfNotPresent",
    env: [
      { name: "ARGO_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "ARGO_POD_UID", valueFrom: { fieldRef: { fieldPath: "metadata.uid" } } },
    ],
    securityContext: RESTRICTED,
  };
  const mirrored = (runner.volumeMounts ?? []).map((mount) => ({
    ...mount,
    mountPath: `/mainctrfs${mount.mountPath}`,
  }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels: { "workflows.argoproj.io/workflow": "night-probe", "workflows.argoproj.io/completed": "false" },
      annotations: {
        "workflows.argoproj.io/node-name": "night-probe",
        "kubectl.kubernetes.io/default-container": "main",
      },
    },
    spec: {
      serviceAccountName: spec.serviceAccountName,
      automountServiceAccountToken: false,
      restartPolicy: "Never",
      securityContext: spec.securityContext,
      volumes: [
        { name: "var-run-argo", emptyDir: {} },
        { name: "tmp-dir-argo", emptyDir: {} },
        ...(spec.volumes ?? []),
        { name: TOKEN_VOLUME, projected: { sources: TOKEN_SOURCES } },
      ],
      initContainers: [{ ...argo, name: "init", command: ["argoexec", verb("init")], volumeMounts: [scratch, token] }],
      containers: [
        {
          ...argo,
          name: "wait",
          command: ["argoexec", verb("wait")],
          volumeMounts: [...mirrored, scratch, { name: "tmp-dir-argo", mountPath: "/tmp", subPath: "0" }, token],
        },
        {
          ...runner,
          name: "main",
          command:
            command === undefined
              ? ["/var/run/argo/argoexec", "emissary", "--", ...(runner.command ?? [])]
              : [...command],
          ...(command === undefined ? {} : { args: [] }),
          volumeMounts: [...(runner.volumeMounts ?? []), scratch],
        },
      ],
    },
  };
}
