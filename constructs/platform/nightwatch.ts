import { isIPv4 } from "node:net";
import { Size } from "cdk8s";
import {
  Cpu,
  Deployment,
  DeploymentStrategy,
  EnvFieldPaths,
  EnvValue,
  type HostAlias,
  ImagePullPolicy,
  k8s,
  LabelSelector,
  Probe,
  Secret,
  Service,
  type ServiceAccount,
  Topology,
  Volume,
} from "cdk8s-plus-27";
import { Construct } from "constructs";
import { PAGE_SERVICE } from "../../runs/page-pass.ts";
import { type CentralCluster, SYSTEM_NAMESPACE } from "../definition/central-cluster.ts";
import { images } from "../definition/images.ts";
import { platformMetadata } from "../kubernetes/labels.ts";
import { completeRestricted, restrictedContainer, restrictedPod } from "../kubernetes/restricted.ts";
import { PAGE_PORT } from "./nightwatch-page.ts";

/** Labels of nightwatch's pod. */
export const NIGHTWATCH_LABELS = { "app.kubernetes.io/name": "nightwatch" } as const;

/** Port of /metrics, /healthz and /readyz. */
export const NIGHTWATCH_PORT = 8080;

/**
 * Secrets for the receivers of calls, made by the platform's administrators; neither need exist: docs/operate.md. The
 * webhook's has its address in the key `url`. Both may have `ca.crt` of a private authority, `authorization` (the
 * header's value), and `tls.crt` with `tls.key` of a client certificate.
 */
export const WEBHOOK_SECRET = "nightwatch-webhook";
export const ALERTMANAGER_SECRET = "nightwatch-alertmanager";

const WEBHOOK_FOLDER = "/webhook";
const ALERTMANAGER_FOLDER = "/alertmanager";

/** User of the image, see nightwatch/image/Dockerfile. */
const NIGHTWATCH_ID = 10_001;

export interface NightwatchProps {
  readonly account: ServiceAccount;
  readonly central: Pick<CentralCluster, "webhook" | "alertmanagers" | "runbook">;
}

/**
 * Nightwatch: two replicas, of which one leads and the other takes over within seconds. It stores nothing on its disk:
 * the one that takes over reads records, workflows and acts again.
 */
export class Nightwatch extends Construct {
  constructor(scope: Construct, id: string, { account, central }: NightwatchProps) {
    super(scope, id);
    const metadata = platformMetadata("nightwatch", SYSTEM_NAMESPACE);
    const deployment = new Deployment(this, "deployment", {
      metadata,
      podMetadata: { labels: NIGHTWATCH_LABELS },
      select: false,
      replicas: 2,
      strategy: DeploymentStrategy.rollingUpdate(),
      serviceAccount: account,
      automountServiceAccountToken: true,
      securityContext: restrictedPod(NIGHTWATCH_ID),
      // It may reach no DNS, except for an Alertmanager in this cluster.
      hostAliases: hostAliases(central),
      containers: [
        {
          name: "nightwatch",
          image: images().nightwatch,
          imagePullPolicy: ImagePullPolicy.IF_NOT_PRESENT,
          envVariables: { POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME), ...environment(central) },
          ports: [
            { name: "http", number: NIGHTWATCH_PORT },
            { name: PAGE_SERVICE.port, number: PAGE_PORT },
          ],
          liveness: Probe.fromHttpGet("/healthz", { port: NIGHTWATCH_PORT, failureThreshold: 6 }),
          readiness: Probe.fromHttpGet("/readyz", { port: NIGHTWATCH_PORT }),
          resources: {
            cpu: { request: Cpu.millis(20), limit: Cpu.units(1) },
            memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
          },
          securityContext: restrictedContainer(NIGHTWATCH_ID),
          volumeMounts: [
            { path: WEBHOOK_FOLDER, readOnly: true, volume: this.files("webhook", WEBHOOK_SECRET) },
            { path: ALERTMANAGER_FOLDER, readOnly: true, volume: this.files("alertmanager", ALERTMANAGER_SECRET) },
          ],
        },
      ],
    });
    deployment.select(LabelSelector.of({ labels: NIGHTWATCH_LABELS }));
    // On two nodes where there are two; on a single one the second is still there when the first ends.
    deployment.scheduling.spread({ topology: Topology.HOSTNAME, weight: 100 });
    new k8s.KubePodDisruptionBudget(this, "disruption-budget", {
      metadata,
      spec: { minAvailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: NIGHTWATCH_LABELS } },
    });
    completeRestricted(deployment);
    const service = new Service(this, "service", {
      metadata: { ...metadata, labels: { ...metadata.labels, ...NIGHTWATCH_LABELS } },
      ports: [{ name: "http", port: NIGHTWATCH_PORT, targetPort: NIGHTWATCH_PORT }],
    });
    service.selectLabel("app.kubernetes.io/name", NIGHTWATCH_LABELS["app.kubernetes.io/name"]);
  }

  /** Optional, so that nightwatch runs before there is anyone to call; the kubelet mounts a later one by itself. */
  private files(name: string, secretName: string): Volume {
    const secret = Secret.fromSecretName(this, `${name}-secret`, secretName);
    return Volume.fromSecret(this, name, secret, { name, optional: true });
  }
}

/** Settings that differ from the defaults of nightwatch/main.ts. */
function environment({ alertmanagers = [], runbook }: NightwatchProps["central"]): Record<string, EnvValue> {
  const urls = alertmanagers.map(({ url }) => url).join(",");
  return {
    ...(urls === "" ? {} : { ALERTMANAGERS: EnvValue.fromValue(urls) }),
    ...(runbook === undefined ? {} : { RUNBOOK: EnvValue.fromValue(runbook) }),
  };
}

/** The names of all receivers that are not resolved by DNS, by address. */
function hostAliases({ webhook, alertmanagers = [] }: NightwatchProps["central"]): HostAlias[] {
  const named = [
    ...(webhook?.addresses ?? []).map((ip) => [ip, webhook?.host ?? ""] as const),
    ...alertmanagers.flatMap((one) =>
      "addresses" in one ? one.addresses.map((ip) => [ip, new URL(one.url).hostname] as const) : [],
    ),
  ].filter(([, host]) => !isIPv4(host));
  return [...new Set(named.map(([ip]) => ip))].map((ip) => ({
    ip,
    hostnames: [...new Set(named.filter(([one]) => one === ip).map(([, host]) => host))],
  }));
}
