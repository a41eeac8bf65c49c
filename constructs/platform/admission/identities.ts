import { LANE_PREFIX } from "../../../runs/lane-namespace.ts";
import { ARGOCD_NAMESPACE } from "../../apps/argo-cd.ts";
import { centralCluster } from "../../checks/read-central.ts";
import { ARGO_NAMESPACE, SYSTEM_NAMESPACE } from "../../definition/central-cluster.ts";
import { ARGO_SERVICE_ACCOUNT } from "../argo-rbac.ts";
import { NIGHTWATCH_SERVICE_ACCOUNT } from "../nightwatch-rbac.ts";
import { quoted } from "./cel.ts";

/**
 * Namespaces that are not lanes, by name. Everything else is treated as a lane, whatever its labels say: the label
 * `kubernetes.io/metadata.name`, by which the bindings exclude these, is written by the API server and cannot be changed.
 * `nightlane-probe` exists only while the live isolation proof runs its unrestricted pods.
 */
export function platformNamespaces(): readonly string[] {
  const { monitoring } = centralCluster();
  return [
    "kube-system",
    "kube-public",
    "kube-node-lease",
    ARGO_NAMESPACE,
    ARGOCD_NAMESPACE,
    SYSTEM_NAMESPACE,
    ...(monitoring === undefined ? [] : [monitoring.namespace]),
    "nightlane-probe",
  ];
}

/** CEL: a name, given as CEL, is that of a lane's namespace. */
export function isLane(name: string): string {
  return `${name}.startsWith(${quoted(LANE_PREFIX)})`;
}

/** CEL: the request comes from the Argo controller. */
export const FROM_ARGO = `request.userInfo.username == ${quoted(`system:serviceaccount:${ARGO_NAMESPACE}:${ARGO_SERVICE_ACCOUNT}`)}`;

/** CEL: the request comes from nightwatch, which carries out what people ask for. */
export const FROM_NIGHTWATCH = `request.userInfo.username == ${quoted(`system:serviceaccount:${SYSTEM_NAMESPACE}:${NIGHTWATCH_SERVICE_ACCOUNT}`)}`;

/** CEL: the request comes from one of Kubernetes' own controllers. */
export const FROM_KUBERNETES =
  "'system:serviceaccounts:kube-system' in request.userInfo.groups || request.userInfo.username == 'system:kube-controller-manager'";

/**
 * CEL: the request comes from a deployer of the platform, which is anyone who may create namespaces: such an identity
 * could make a namespace with any label, so refusing it the same change on an existing one would protect nothing. A
 * customer's own deployer is not one: it may only write the namespace made for it.
 */
export const FROM_DEPLOYER = "authorizer.group('').resource('namespaces').check('create').allowed()";

/** CEL: the request comes from anyone who may deploy into a lane, that is, write its namespace; its name is given as CEL. */
export function mayDeploy(namespace: string): string {
  return `authorizer.group('').resource('namespaces').name(${namespace}).check('patch').allowed()`;
}
