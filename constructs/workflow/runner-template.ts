import { KILLED, RUNNER_EXIT } from "../../runs/runner-exit.ts";
import type { CustomerDefinition } from "../definition/customer-definition.ts";
import { images } from "../definition/images.ts";
import { CREDENTIAL_SECRET, CREDENTIALS_VOLUME } from "../lane/credential-secret.ts";
import { FEDERATED_TOKEN, FEDERATED_TOKEN_LIFE, federatedAudience, isFederated } from "../lane/federation.ts";
import { RESULTS_CLAIM } from "../lane/results-volume.ts";
import { SERVER_ADDRESSES } from "../lane/server-addresses.ts";
import { EXECUTOR_SERVICE_ACCOUNT } from "../lane/workflow-rbac.ts";
import type { Template, WorkflowSpec } from "./argo.ts";
import { RUNNER_NEEDS, resourcesOf } from "./container-resources.ts";
import { literal } from "./pod-parts.ts";
import { POD_PATCH } from "./pod-patch.ts";

/** User and group of the runner; the credential's files are readable by this group only. */
export const RUNNER_ID = 1000;

/** Subcommands of the runner. */
export type RunnerCommand =
  | "spark"
  | "job"
  | "exec"
  | "copy-in"
  | "copy-out"
  | "reuse"
  | "calendar"
  | "sweep"
  | "reap"
  | "tidy"
  | "read";

/**
 * Exit codes after which the same attempt is run again automatically: the customer's cluster could not be reached (20),
 * the try ended to report a trouble or its end (21), the pod was evicted and its remote Job runs on (143), or the
 * runner was killed, by the kernel for its memory or by the kubelet after the grace period (137). The new runner adopts
 * that Job. All others wait for a person.
 */
const REPEATABLE = [RUNNER_EXIT.INFRASTRUCTURE, RUNNER_EXIT.REPORT, RUNNER_EXIT.DETACHED, KILLED].reduce(
  (condition, code) => `${condition} || lastRetry.exitCode == "${code}"`,
  'lastRetry.status == "Error"',
);

/** Tries of one attempt that may fail, be evicted or be killed, regardless of what they report. */
const TRIES = 5;

/** Tries that one attempt may end in order to report, which the runner counts. */
const REPORTS = 4;

export interface RunnerTemplateProps {
  readonly name: string;
  readonly command: RunnerCommand;
  /** The runner's instructions, its `NIGHTLANE_STEP`: a variable, in which Kubernetes would replace `$(NAME)`. */
  readonly document: string;
  readonly deadlineSeconds: number;
}

/** A container template that runs the runner, without the parts that depend on the kind of step. */
export function runnerTemplate(props: RunnerTemplateProps): Template {
  return {
    name: props.name,
    activeDeadlineSeconds: props.deadlineSeconds,
    retryStrategy: {
      limit: TRIES + REPORTS - 1,
      retryPolicy: "Always",
      expression: REPEATABLE,
      // 5, 10, 20, 40, 80, 160, 320 and then 600 s: a try that ended to report waits only a moment. No maxDuration:
      // Argo counts it from the first try's start and passes it to the next ones as a deadline, so that a step of hours
      // would be neither retried after an eviction nor left to run on.
      backoff: { duration: "5s", factor: 2, cap: "10m" },
    },
    container: {
      name: "main",
      image: images().runner,
      imagePullPolicy: "IfNotPresent",
      command: ["nightlane-runner"],
      args: [props.command],
      env: [{ name: "NIGHTLANE_STEP", value: literal(props.document) }],
      resources: resourcesOf(RUNNER_NEEDS),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: RUNNER_ID,
        runAsGroup: RUNNER_ID,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      volumeMounts: [
        { name: CREDENTIALS_VOLUME, mountPath: "/credentials", readOnly: true },
        { name: "server", mountPath: "/server", readOnly: true },
        { name: "results", mountPath: "/results" },
        { name: "podinfo", mountPath: "/podinfo", readOnly: true },
        { name: "tmp", mountPath: "/tmp" },
      ],
    },
  };
}

/** The pod around every runner: identities, security and volumes. */
export function runnerPod(definition: CustomerDefinition): Partial<WorkflowSpec> {
  return {
    serviceAccountName: EXECUTOR_SERVICE_ACCOUNT,
    automountServiceAccountToken: false,
    podSpecPatch: POD_PATCH,
    executor: { serviceAccountName: EXECUTOR_SERVICE_ACCOUNT },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: RUNNER_ID,
      runAsGroup: RUNNER_ID,
      fsGroup: RUNNER_ID,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumes: [
      credentials(definition),
      { name: "server", configMap: { name: SERVER_ADDRESSES, items: [{ key: "addresses", path: "addresses" }] } },
      { name: "results", persistentVolumeClaim: { claimName: RESULTS_CLAIM } },
      {
        name: "podinfo",
        downwardAPI: { items: [{ path: "annotations", fieldRef: { fieldPath: "metadata.annotations" } }] },
      },
      { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
    ],
  };
}

/** The files under /credentials: those of the lane's Secret and, where the customer is federated, the pod's own token for it. */
function credentials(definition: CustomerDefinition): NonNullable<WorkflowSpec["volumes"]>[number] {
  const name = CREDENTIALS_VOLUME;
  if (!isFederated(definition)) {
    return { name, secret: { secretName: CREDENTIAL_SECRET, defaultMode: 0o440 } };
  }
  const token = {
    path: FEDERATED_TOKEN,
    audience: federatedAudience(definition.name),
    expirationSeconds: FEDERATED_TOKEN_LIFE.toSeconds(),
  };
  const sources = [{ secret: { name: CREDENTIAL_SECRET } }, { serviceAccountToken: token }];
  return { name, projected: { defaultMode: 0o440, sources } };
}
