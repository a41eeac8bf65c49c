import { Size } from "cdk8s";
import {
  ConfigMap,
  Cpu,
  Deployment,
  DeploymentStrategy,
  EnvFieldPaths,
  EnvValue,
  ImagePullPolicy,
  LabelSelector,
  type ServiceAccount,
} from "cdk8s-plus-27";
import { Construct } from "constructs";
import { stringify } from "yaml";
import { ARGO_NAMESPACE } from "../definition/central-cluster.ts";
import { images } from "../definition/images.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { completeRestricted, restrictedContainer, restrictedPod } from "../kubernetes/restricted.ts";
import { EXECUTOR_NEEDS, resourcesOf } from "../workflow/container-resources.ts";
import { MOST_WORKFLOW_BYTES } from "../workflow/night-size.ts";

/** Labels of the controller's pod. */
export const CONTROLLER_LABELS = { "app.kubernetes.io/name": "argo-workflow-controller" } as const;

/** Port of the controller's metrics, and its name. */
export const CONTROLLER_METRICS_PORT = 9090;
export const CONTROLLER_METRICS = "metrics";

/** User of the controller and of Argo's containers in workflow pods. */
const ARGO_ID = 8737;

/**
 * How long after a change of a night the controller processes it. Argo's own 10 s are for many short nodes at once;
 * here they would come on top of every step, twice. A night that does not change costs nothing either way. Argo advised
 * against less than 1 s when it could mistake an old version of a workflow for the current one; since 3.7 it knows the
 * version that it wrote last, and waits for that.
 */
const REQUEUE_TIME = "20ms";

/**
 * How long after a pod's end the controller waits for the executor's report. A runner that was killed with its node
 * sends none, and its step is tried again only after this: Argo's own 10 minutes would leave the remote Job unattended
 * for that long.
 */
const GIVE_UP_REPORT = "30s";

/**
 * How many requests a second the controller may make. Its default of 20 is for one tenant: nights of many customers
 * begin in the same minute, and each would wait for all others. The API server's own priorities limit what it can bear.
 */
export const CONTROLLER_RATE: readonly string[] = ["--qps", "100", "--burst", "200"];

/** The Argo Workflows controller: one replica with leader election, restricted, its settings in a ConfigMap. */
export class ArgoController extends Construct {
  constructor(scope: Construct, id: string, account: ServiceAccount) {
    super(scope, id);
    new ConfigMap(this, "settings", {
      metadata: platformMetadata("workflow-controller-configmap", ARGO_NAMESPACE),
      data: settings(),
    });
    const deployment = new Deployment(this, "deployment", {
      metadata: platformMetadata("workflow-controller", ARGO_NAMESPACE),
      podMetadata: { labels: CONTROLLER_LABELS },
      select: false,
      replicas: 1,
      // Two controllers at once would only wait for the leader's lease to run out.
      strategy: DeploymentStrategy.recreate(),
      serviceAccount: account,
      automountServiceAccountToken: true,
      securityContext: restrictedPod(ARGO_ID),
      containers: [
        {
          name: "controller",
          image: images().argoController,
          imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
          command: ["workflow-controller"],
          args: ["--loglevel", "info", "--log-format", "json", ...CONTROLLER_RATE],
          envVariables: {
            LEADER_ELECTION_IDENTITY: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME),
            DEFAULT_REQUEUE_TIME: EnvValue.fromValue(REQUEUE_TIME),
            // Otherwise each change of a night keeps the next one waiting for a second, until the watch has reported
            // it.
            INFORMER_WRITE_BACK: EnvValue.fromValue("true"),
            MAX_WORKFLOW_SIZE: EnvValue.fromValue(String(MOST_WORKFLOW_BYTES)),
            TASK_RESULT_TIMEOUT_DURATION: EnvValue.fromValue(GIVE_UP_REPORT),
            RECENTLY_DELETED_POD_DURATION: EnvValue.fromValue(GIVE_UP_REPORT),
          },
          ports: [{ name: CONTROLLER_METRICS, number: CONTROLLER_METRICS_PORT }],
          resources: {
            cpu: { request: Cpu.millis(100), limit: Cpu.units(2) },
            memory: { request: Size.mebibytes(128), limit: Size.gibibytes(1) },
          },
          securityContext: restrictedContainer(ARGO_ID),
        },
      ],
    });
    deployment.select(LabelSelector.of({ labels: CONTROLLER_LABELS }));
    completeRestricted(deployment);
  }
}

/** The controller's settings. Each value is a YAML document of its own, as Argo reads them. */
function settings(): Record<string, string> {
  const executor = {
    image: images().argoExecutor,
    imagePullPolicy: "IfNotPresent",
    resources: resourcesOf(EXECUTOR_NEEDS),
    securityContext: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
  return {
    executor: stringify(executor),
    // Each step that waits for a place would request the number again whenever its night is processed; none ever
    // changes.
    synchronization: stringify({ semaphoreLimitCacheSeconds: 3600 }),
    // Only stored templates run: a submitter cannot bring a pod specification of its own.
    workflowRestrictions: stringify({ templateReferencing: "Strict" }),
    metricsConfig: stringify({ enabled: true, path: "/metrics", port: CONTROLLER_METRICS_PORT, secure: false }),
  };
}
