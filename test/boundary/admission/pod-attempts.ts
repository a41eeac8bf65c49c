import { CREDENTIALS_VOLUME } from "../../../constructs/lane/credential-secret.ts";
import { AUDIENCE_PREFIX } from "../../../constructs/lane/federation.ts";
import { TOKEN_VOLUME } from "../../../constructs/workflow/pod-patch.ts";
import { type Answer, pathOf } from "../../support/api.ts";
import { ARGO_CONTROLLER, type PodObject, RESTRICTED } from "../argo-pod.ts";
import type { Attempt } from "../attempt.ts";
import { edited } from "../object-edit.ts";
import { withAct } from "./acts.ts";
import { type Forbidden, type LaneUnderTest, NIGHTWATCH, refusals } from "./lane.ts";

const FOREIGN_IMAGE = "registry.nightlane.example/elsewhere/shell@sha256:".padEnd(114, "0");

/** What Argo's containers could get instead of their pod's own short-lived token. */
const TOKENS: readonly (readonly [string, object])[] = [
  [
    "a token for another audience",
    { serviceAccountToken: { path: "token", audience: "vault", expirationSeconds: 600 } },
  ],
  ["a token for a day", { serviceAccountToken: { path: "token", expirationSeconds: 86_400 } }],
  ["a Secret beside the token", { secret: { name: "credential" } }],
  ["another ConfigMap beside the token", { configMap: { name: "night-control-x" } }],
];

/** Pods that must not be created in a lane, even though the Argo controller itself requests them. */
export function podCreationAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace, newPod } = lane;
  const path = pathOf({ apiVersion: "v1", resource: "pods", namespace });
  const create = (pod: PodObject, as = ARGO_CONTROLLER) => ({ method: "POST", path, body: pod, as }) as const;
  const volumes = newPod.spec.volumes as readonly object[];
  const mounts = (newPod.spec.containers as readonly { volumeMounts: readonly object[] }[])[1]?.volumeMounts ?? [];
  const token = volumes.length - 1;
  const tokenFrom = (source: object): PodObject =>
    edited(newPod, `spec.volumes.${token}`, { name: TOKEN_VOLUME, projected: { sources: [source] } });
  const withVolume = (source: object): PodObject =>
    edited(newPod, "spec.volumes", [...volumes, { name: "extra", ...source }]);
  const withCredentials = (sources: readonly object[]): PodObject =>
    edited(newPod, "spec.volumes", [
      ...volumes.filter((volume) => !("name" in volume && volume.name === CREDENTIALS_VOLUME)),
      { name: CREDENTIALS_VOLUME, projected: { sources } },
    ]);
  const withToken = (of: string, expirationSeconds: number): PodObject =>
    withCredentials([
      { secret: { name: "credential" } },
      { serviceAccountToken: { path: "federated-token", audience: `${AUDIENCE_PREFIX}${of}`, expirationSeconds } },
    ]);
  const attempt = (invariant: number, what: string, pod: PodObject): Forbidden => ({
    invariant,
    actor: "Argo controller",
    what,
    policy: "nightlane-pod-creation",
    call: create(pod),
  });
  const permitted = { what: "a pod as Argo makes it from the lane's template", call: create(newPod) };
  return refusals(api, permitted, [
    {
      ...attempt(25, "a pod made by an administrator instead of the Argo controller", newPod),
      actor: "administrator",
      call: { method: "POST", path, body: newPod },
    },
    attempt(25, "a pod with the default service account", edited(newPod, "spec.serviceAccountName", "default")),
    attempt(25, "a runner with a token mounted", edited(newPod, "spec.automountServiceAccountToken", true)),
    attempt(39, "a foreign image as the runner", edited(newPod, "spec.containers.1.image", FOREIGN_IMAGE)),
    attempt(39, "a foreign image as Argo's wait container", edited(newPod, "spec.containers.0.image", FOREIGN_IMAGE)),
    attempt(39, "a foreign image as the init container", edited(newPod, "spec.initContainers.0.image", FOREIGN_IMAGE)),
    attempt(
      39,
      "a container beside the runner",
      edited(newPod, "spec.containers.2", {
        ...(newPod.spec.containers as object[])[1],
        name: "helper",
        image: FOREIGN_IMAGE,
      }),
    ),
    attempt(10, "a volume from another Secret", withVolume({ secret: { secretName: "other" } })),
    attempt(10, "a volume from another claim", withVolume({ persistentVolumeClaim: { claimName: "other" } })),
    attempt(
      25,
      "a further token of the pod's account",
      withVolume({ projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }),
    ),
    ...TOKENS.map(([what, source]) => attempt(25, what, tokenFrom(source))),
    attempt(10, "a token that another customer's API server takes", withToken(lane.otherNamespace, 3600)),
    attempt(10, "a token for the lane's customer that is good for a day", withToken(namespace, 86_400)),
    attempt(
      10,
      "another Secret beside the token for the lane's customer",
      withCredentials([{ secret: { name: "other" } }]),
    ),
    attempt(
      25,
      "a lasting token of the executor's, from a Secret",
      edited(newPod, `spec.volumes.${token}`, {
        name: TOKEN_VOLUME,
        secret: { secretName: "executor.service-account-token" },
      }),
    ),
    attempt(
      15,
      "the executor's token mounted into the runner",
      edited(newPod, "spec.containers.1.volumeMounts", [...mounts, { name: "exec-sa-token", mountPath: "/token" }]),
    ),
    attempt(
      16,
      "a credential as an environment variable",
      edited(newPod, "spec.containers.1.env", [
        { name: "TOKEN", valueFrom: { secretKeyRef: { name: "credential", key: "kubeconfig" } } },
      ]),
    ),
    attempt(
      16,
      "all of a Secret as environment variables",
      edited(newPod, "spec.containers.1.envFrom", [{ secretRef: { name: "credential" } }]),
    ),
    attempt(
      15,
      "processes shared with Argo's container, which holds a token",
      edited(newPod, "spec.shareProcessNamespace", true),
    ),
    attempt(23, "a pod put onto a chosen node", edited(newPod, "spec.nodeName", "node-1")),
  ]);
}

/** Changes of a running pod by anyone who may patch pods. */
export function podUpdateAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace, storedPod } = lane;
  const path = pathOf({ apiVersion: "v1", resource: "pods", namespace, name: storedPod.metadata.name });
  const patch = (body: object) => ({ method: "PATCH", path, body: withAct(body), as: NIGHTWATCH }) as const;
  const image = { spec: { containers: [{ name: "main", image: FOREIGN_IMAGE }] } };
  const strategic = "application/strategic-merge-patch+json";
  const attempt = (what: string, body: object): Forbidden => ({
    invariant: 25,
    actor: "nightwatch",
    what,
    policy: "nightlane-pod-update",
    call: patch(body),
  });
  const permitted = {
    what: "an order to a running step: annotation nightlane/order on its pod",
    call: patch({ metadata: { annotations: { "nightlane/order": "restart" } } }),
  };
  return refusals(api, permitted, [
    { ...attempt("another image for a running step", image), call: { ...patch(image), patch: strategic } },
    {
      ...attempt("another image for a running step, as administrator", image),
      actor: "administrator",
      call: { method: "PATCH", path, body: image, patch: strategic },
    },
    attempt("another annotation of a running pod", {
      metadata: { annotations: { "workflows.argoproj.io/node-name": "x" } },
    }),
    attempt("an annotation of Argo's removed", {
      metadata: { annotations: { "workflows.argoproj.io/node-name": null } },
    }),
    attempt("another label of a running pod", { metadata: { labels: { "workflows.argoproj.io/workflow": "other" } } }),
    attempt("a finalizer that keeps the pod permanently", { metadata: { finalizers: ["nightlane.example/keep"] } }),
    attempt("a longer deadline", { spec: { activeDeadlineSeconds: 10 } }),
  ]);
}

/** Ways into a running pod, where the credential is a file. */
export function podAccessAttempts(lane: LaneUnderTest): readonly Attempt[] {
  const { api, namespace, storedPod } = lane;
  const at = (subresource: string): string =>
    pathOf({ apiVersion: "v1", resource: "pods", namespace, name: storedPod.metadata.name, subresource });
  const container = {
    name: "debug",
    image: FOREIGN_IMAGE,
    command: ["sh"],
    // Valid for Pod Security, so that Nightlane's policy answers.
    securityContext: { ...RESTRICTED, runAsUser: 1000 },
  };
  const command = "exec?container=main&command=touch&command=/tmp/probe&stdout=true&stderr=true";
  // Connections have no dry run: refused ones do nothing, and the one that passes is harmless.
  const connect = (what: string, path: string): Forbidden => ({
    invariant: 5,
    actor: "administrator",
    what,
    policy: "nightlane-pod-access",
    call: { method: "GET", path: at(path), dryRun: false, upgrade: "websocket" },
  });
  const patch = (what: string, subresource: string, spec: object): Forbidden => ({
    ...connect(what, subresource),
    call: {
      method: "PATCH",
      path: at(subresource),
      body: { spec },
      patch: "application/strategic-merge-patch+json",
    },
  });
  const permitted = {
    what: "the Argo controller's own exec into the pod, with which it signals",
    call: { ...connect("", command).call, as: ARGO_CONTROLLER },
    passed: ({ status }: Answer) => status !== 403,
  };
  return refusals(api, permitted, [
    connect("a command run in a runner", command),
    connect("a runner attached to", "attach?container=main&stdout=true"),
    connect("a port of a runner forwarded", "portforward?ports=8080"),
    connect("a runner's port through the proxy", "proxy/"),
    patch("a debug container in a running pod", "ephemeralcontainers", { ephemeralContainers: [container] }),
    patch("a running pod resized", "resize", {
      containers: [{ name: "main", resources: { limits: { memory: "300Mi" } } }],
    }),
  ]);
}
