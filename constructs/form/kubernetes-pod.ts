import { type Fields, type Form, list, type OptionalForm, optional, record } from "./form.ts";
import { plainData } from "./plain-data.ts";

/** What is in these is for the customer's cluster to judge; a name that Kubernetes does not know it would drop silently. */
export const POD_SPEC = [
  ...["activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy"],
  ...["enableServiceLinks", "ephemeralContainers", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostUsers"],
  ...["hostname", "hostnameOverride", "imagePullSecrets", "initContainers", "nodeName", "nodeSelector", "os"],
  ...["overhead", "preemptionPolicy", "priority", "priorityClassName", "readinessGates", "resourceClaims"],
  ...["resources", "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates", "schedulingGroup"],
  ...["securityContext", "serviceAccount", "serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace"],
  ...["subdomain", "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes"],
];

export const CONTAINER = [
  ...["args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports"],
  ...["readinessProbe", "resizePolicy", "resources", "restartPolicy", "restartPolicyRules", "securityContext"],
  ...["startupProbe", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty"],
  ...["volumeDevices", "volumeMounts", "workingDir"],
];

export const AFFINITY = ["nodeAffinity", "podAffinity", "podAntiAffinity"];

export const AFFINITY_TERMS = [
  "preferredDuringSchedulingIgnoredDuringExecution",
  "requiredDuringSchedulingIgnoredDuringExecution",
];

type Part = Readonly<Record<string, unknown>>;

const anything: OptionalForm = optional(plainData("a pod"));

/** An object whose properties have these names, each of any form but for those that are said. */
function part(names: readonly string[], what: string, example: string, forms: Fields<Part> = {}): OptionalForm {
  const all: Fields<Part> = { ...Object.fromEntries(names.map((name) => [name, anything])), ...forms };
  return optional(record<Part>(all, what, example));
}

const terms = part(AFFINITY_TERMS, "terms of an affinity", "{ requiredDuringSchedulingIgnoredDuringExecution: ... }");

/** An affinity as Kubernetes writes it. */
export const affinityForm: OptionalForm = part(
  AFFINITY,
  "an affinity as Kubernetes writes it",
  "{ podAntiAffinity: { ... } }",
  {
    ...Object.fromEntries(AFFINITY.map((name) => [name, terms])),
  },
);

const containers: Form = list(
  part(CONTAINER, "a container as Kubernetes writes it", '{ name: "executor" }'),
  "a list of containers",
  '[{ name: "executor" }]',
);

/** A pod template as Kubernetes writes it. */
export const podTemplateForm: OptionalForm = part(
  ["apiVersion", "kind", "metadata", "spec"],
  "a pod as Kubernetes writes it",
  "{ spec: { hostAliases: [] } }",
  {
    spec: part(POD_SPEC, "the spec of a pod", "{ hostAliases: [] }", {
      affinity: affinityForm,
      containers: optional(containers),
      initContainers: optional(containers),
    }),
  },
);
