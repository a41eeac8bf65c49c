import { Size } from "cdk8s";
import {
  Cpu,
  Deployment,
  DeploymentStrategy,
  EnvValue,
  ImagePullPolicy,
  LabelSelector,
  Probe,
  Secret,
  Service,
  type ServiceAccount,
  Volume,
} from "cdk8s-plus-27";
import { Construct } from "constructs";
import { type CentralCluster, SYSTEM_NAMESPACE } from "../central-cluster.ts";
import { images } from "../images.ts";
import { platformMetadata } from "../labels.ts";
import { completeRestricted, restrictedContainer, restrictedPod } from "../restricted.ts";

/** Labels of nightwatch's pod. */
export const NIGHTWATCH_LABELS = { "app.kubernetes.io/name": "nightwatch" } as const;

/** Port of /metrics, /healthz and /readyz. */
export const NIGHTWATCH_PORT = 8080;

/**
 * Secret with the address that notifications go to, key `url`, and for an address under an authority of its own `ca.crt`.
 * It is made by the platform's administrators and need not exist: docs/operate.md.
 */
export const WEBHOOK_SECRET = "nightwatch-webhook";

const WEBHOOK_FOLDER = "/webhook";

/** User of the image, see farm/images/nightwatch/Dockerfile. */
const NIGHTWATCH_ID = 10_001;

export interface NightwatchProps {
  readonly account: ServiceAccount;
  readonly webhook: CentralCluster["webhook"];
}

/**
 * Nightwatch: one replica, since two would write the same records. It keeps nothing on its disk: after a restart it reads
 * the records and the workflows again.
 */
export class Nightwatch extends Construct {
  constructor(scope: Construct, id: string, { account, webhook }: NightwatchProps) {
    super(scope, id);
    const metadata = platformMetadata("nightwatch", SYSTEM_NAMESPACE);
    const deployment = new Deployment(this, "deployment", {
      metadata,
      podMetadata: { labels: NIGHTWATCH_LABELS },
      select: false,
      replicas: 1,
      strategy: DeploymentStrategy.recreate(),
      serviceAccount: account,
      automountServiceAccountToken: true,
      securityContext: restrictedPod(NIGHTWATCH_ID),
      // There is no DNS among what it may reach.
      hostAliases: webhook === undefined ? [] : [{ ip: webhook.address, hostnames: [webhook.host] }],
      containers: [
        {
          name: "nightwatch",
          image: images().nightwatch,
          imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
          envVariables:
            webhook === undefined ? {} : { NODE_EXTRA_CA_CERTS: EnvValue.fromValue(`${WEBHOOK_FOLDER}/ca.crt`) },
          ports: [{ name: "http", number: NIGHTWATCH_PORT }],
          liveness: Probe.fromHttpGet("/healthz", { port: NIGHTWATCH_PORT, failureThreshold: 6 }),
          readiness: Probe.fromHttpGet("/readyz", { port: NIGHTWATCH_PORT }),
          resources: {
            cpu: { request: Cpu.millis(20), limit: Cpu.units(1) },
            memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
          },
          securityContext: restrictedContainer(NIGHTWATCH_ID),
          volumeMounts: [{ path: WEBHOOK_FOLDER, readOnly: true, volume: this.webhookFiles() }],
        },
      ],
    });
    deployment.select(LabelSelector.of({ labels: NIGHTWATCH_LABELS }));
    completeRestricted(deployment);
    const service = new Service(this, "service", {
      metadata: { ...metadata, labels: { ...metadata.labels, ...NIGHTWATCH_LABELS } },
      ports: [{ name: "http", port: NIGHTWATCH_PORT, targetPort: NIGHTWATCH_PORT }],
    });
    service.selectLabel("app.kubernetes.io/name", NIGHTWATCH_LABELS["app.kubernetes.io/name"]);
  }

  /** Optional, so that nightwatch runs before there is somebody to notify; the kubelet brings a later one by itself. */
  private webhookFiles(): Volume {
    const secret = Secret.fromSecretName(this, "webhook-secret", WEBHOOK_SECRET);
    return Volume.fromSecret(this, "webhook", secret, { name: "webhook", optional: true });
  }
}
