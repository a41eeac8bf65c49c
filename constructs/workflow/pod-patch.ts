import { Duration } from "cdk8s";

/** Name of the volume that Argo mounts into its own containers, where it wants an account's token. */
export const TOKEN_VOLUME = "exec-sa-token";

/** How long a token of the executor is good for; the kubelet brings another in time, while the pod is there. */
export const TOKEN_LIFE = Duration.hours(1);

/** What a pod of Kubernetes finds where its account's token is mounted by itself, for the one volume of Argo's. */
export const TOKEN_SOURCES = [
  { serviceAccountToken: { path: "token", expirationSeconds: TOKEN_LIFE.toSeconds() } },
  { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
  { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
] as const;

/**
 * Two changes of every pod that Argo makes, the only ones that admission allows.
 *
 * The runner starts before Argo's container that waits for it. In both, Argo looks once a second, counted from its start,
 * whether what it waits for has ended. In Argo's own order the waiting one starts a moment earlier, so that it always
 * looks a moment too early, and every step ends a second late.
 *
 * Argo's containers get a token made for the pod, in place of the Secret with a lasting one that Argo would mount: it says
 * which pod it is, so that admission lets it report that pod's node and no other, and it ends with the pod.
 */
export const POD_PATCH = JSON.stringify({
  "$setElementOrder/containers": [{ name: "main" }, { name: "wait" }],
  volumes: [{ name: TOKEN_VOLUME, $retainKeys: ["name", "projected"], projected: { sources: TOKEN_SOURCES } }],
});
