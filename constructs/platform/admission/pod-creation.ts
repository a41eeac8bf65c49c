import { EXECUTOR_SERVICE_ACCOUNT } from "../../lane/workflow-rbac.ts";
import { type AdmissionPolicyProps, CORE, type Validation } from "./admission-policy.ts";
import { ALLOWED_IMAGES, EXECUTOR_IMAGES, RUNNER_IMAGES } from "./allowed-images.ts";
import { listAt, listOf, quoted } from "./cel.ts";
import { FROM_ARGO } from "./identities.ts";
import { EXECUTOR_TOKEN_VOLUME, RUNNER_VOLUME, RUNNER_VOLUMES_RULE } from "./lane-volumes.ts";

/** Argo's own containers beside the runner. */
const ARGO_CONTAINERS = ["init", "wait"] as const;

/** An environment variable is set in the open: its rule, and what to do instead. */
export const NO_CREDENTIAL_IN_ENV = {
  rule: "no credential in an environment variable: variables leak into logs, dumps and child processes",
  fix: "read the file under /credentials",
} as const;

/** Whose account a pod has, and whether the runner could use it: of a pod, and of the template that it is made from. */
export const OWN_ACCOUNT: Validation = {
  expression: `object.spec.?serviceAccountName.orValue('') == ${quoted(EXECUTOR_SERVICE_ACCOUNT)} && !object.spec.?automountServiceAccountToken.orValue(true)`,
  received:
    "'service account ' + object.spec.?serviceAccountName.orValue('(none)') + ', automountServiceAccountToken ' + string(object.spec.?automountServiceAccountToken.orValue(true))",
  rule: `a lane's pods run as service account ${EXECUTOR_SERVICE_ACCOUNT}, which may report a step and no more, without a token in the runner`,
  fix: `serviceAccountName: ${EXECUTOR_SERVICE_ACCOUNT}, automountServiceAccountToken: false`,
};

/**
 * Invariants 23, 25, 26, 39 on pods: a pod in a lane is one that the Argo controller made from a lane's template. Each
 * property is checked by itself, so that a controller that was made to do something else is refused too.
 */
export const POD_CREATION: AdmissionPolicyProps = {
  name: "nightlane-pod-creation",
  rules: [{ ...CORE, resources: ["pods"], operations: ["CREATE"] }],
  parameters: ALLOWED_IMAGES,
  variables: {
    containers: `object.spec.containers + ${listAt("object.spec", "initContainers")}`,
    volumes: listAt("object.spec", "volumes"),
    tokenVolumes: `variables.volumes.filter(v, ${EXECUTOR_TOKEN_VOLUME}).map(v, v.name)`,
  },
  validations: [
    {
      expression: FROM_ARGO,
      received: "'a pod from ' + request.userInfo.username",
      rule: "only the Argo controller makes pods in a lane",
      fix: "start a night; its pods are made by the Argo controller from the lane's template",
    },
    OWN_ACCOUNT,
    {
      expression: `variables.containers.all(c, c.image in (c.name in ${listOf(ARGO_CONTAINERS)} ? ${EXECUTOR_IMAGES} : ${RUNNER_IMAGES}))`,
      received: "'images ' + variables.containers.map(c, c.image).join(', ')",
      rule: "only the released runner and Argo's executor run in a lane, by digest",
      fix: `use the image of images.json, or allow an earlier one in constructs/platform/admission/earlier-images.json`,
    },
    {
      expression: `variables.volumes.all(v, ${RUNNER_VOLUME} || (${EXECUTOR_TOKEN_VOLUME}))`,
      received: "'volumes ' + variables.volumes.map(v, v.name).join(', ')",
      rule: RUNNER_VOLUMES_RULE,
      fix: "remove the volume; no other Secret, claim, host path or token belongs in a lane",
    },
    {
      expression: `variables.containers.all(c, c.name in ${listOf(ARGO_CONTAINERS)} || ${listAt("c", "volumeMounts")}.all(m, !(m.name in variables.tokenVolumes)))`,
      rule: "the pod's token is for Argo's own containers",
      fix: "do not mount it into the runner",
    },
    {
      expression: `variables.containers.all(c, !has(c.envFrom) && ${listAt("c", "env")}.all(e, !has(e.valueFrom) || has(e.valueFrom.fieldRef) || has(e.valueFrom.resourceFieldRef)))`,
      ...NO_CREDENTIAL_IN_ENV,
    },
    {
      expression: ["shareProcessNamespace", "hostNetwork", "hostPID", "hostIPC"]
        .map((field) => `!object.spec.?${field}.orValue(false)`)
        .join(" && "),
      rule: "containers share neither processes with each other (the runner would read the executor's token) nor anything with the node",
      fix: "remove shareProcessNamespace, hostNetwork, hostPID and hostIPC",
    },
    {
      expression:
        "object.spec.?nodeName.orValue('') == '' && !object.spec.?priorityClassName.orValue('').startsWith('system-') && !has(object.spec.ephemeralContainers)",
      rule: "the scheduler places a lane's pods, and none has the platform's priority",
      fix: "remove nodeName, priorityClassName and ephemeralContainers",
    },
  ],
};
