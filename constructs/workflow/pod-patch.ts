import { Duration } from "cdk8s";

/** Name of the volume that Argo mounts into its own containers, where it wants an account's token. */
export const TOKEN_VOLUME = "exec-sa-token";

/** How long a token of the executor is valid; the kubelet renews it in time, while the pod exists. */
export const TOKEN_LIFE = Duration.hours(1);

/** The content that Kubernetes mounts for an account's token, for Argo's one volume. */
export const TOKEN_SOURCES = [
  { serviceAccountToken: { path: "token", expirationSeconds: TOKEN_LIFE.toSeconds() } },
  { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
  { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
] as const;

/**
 * Two changes to every pod that Argo makes, the only ones that admission allows.
 *
 * The runner starts before Argo's container that waits for it. Argo's container checks once a second, counted from its
 * own start, whether the runner has ended. In Argo's own order the waiting one starts a moment earlier, so it always
 * checks a moment too early, and every step ends a second late.
 *
 * Argo's containers get a token made for the pod, instead of the Secret with a permanent one that Argo would mount: it
 * identifies the pod, so that admission lets it report only that pod's node, and it ends with the pod.
 */
export const POD_PATCH = JSON.stringify({
  "$setElementOrder/containers": [{ name: "main" }, { name: "wait" }],
  volumes: [{ name: TOKEN_VOLUME, $retainKeys: ["name", "projected"], projected: { sources: TOKEN_SOURCES } }],
});
