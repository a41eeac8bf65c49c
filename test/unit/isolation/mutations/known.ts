import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { append, type Draft, get, set, TEMPLATE } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const LANE = "customer-nordbank";
const SETTINGS = "ConfigMap argo/workflow-controller-configmap";
const CONTROLLER = "NetworkPolicy argo/controller";
const NIGHTWATCH = "NetworkPolicy nightlane-system/nightwatch";

/** What no rule knows by name: closed lists of kinds, fields, settings, peers and expressions, rules 42 to 45. */
export const knownMutations: readonly Mutation[] = [
  ...Object.entries({
    "apiregistration.k8s.io/v1 APIService": "v1.lane.example",
    "networking.k8s.io/v1 IngressClass": "lanes",
    "scheduling.k8s.io/v1 PriorityClass": "lanes-first",
    "admissionregistration.k8s.io/v1 MutatingWebhookConfiguration": "inject",
    "admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration": "judge",
    "admissionregistration.k8s.io/v1 MutatingAdmissionPolicy": "patch",
    "certificates.k8s.io/v1 CertificateSigningRequest": "admin",
    "node.k8s.io/v1 RuntimeClass": "loose",
    "flowcontrol.apiserver.k8s.io/v1 FlowSchema": "lanes",
    "resource.k8s.io/v1 DeviceClass": "gpu",
    "storage.k8s.io/v1 VolumeAttachment": "elsewhere",
    "storage.k8s.io/v1 CSIDriver": "driver",
    "snapshot.storage.k8s.io/v1 VolumeSnapshotContent": "copy",
    "policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy": "open",
    "policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy": "default",
    "cilium.io/v2 CiliumClusterwideNetworkPolicy": "open",
    "argoproj.io/v1alpha1 ClusterWorkflowTemplate": "shared",
    "gateway.networking.k8s.io/v1 GatewayClass": "lanes",
  }).map(([kind, name]) => added("platform", kind, name, undefined)),
  ...Object.entries({
    "v1 Service": "door",
    "v1 Endpoints": "door",
    "discovery.k8s.io/v1 EndpointSlice": "door",
    "networking.k8s.io/v1 Ingress": "door",
    "gateway.networking.k8s.io/v1 HTTPRoute": "door",
    "v1 ConfigMap": "artifact-repositories",
    "v1 ReplicationController": "pods",
    "v1 PodTemplate": "pod",
    "apps/v1 DaemonSet": "pods",
    "apps/v1 StatefulSet": "pods",
    "batch/v1 CronJob": "pods",
    "batch/v1 Job": "pods",
    "autoscaling/v2 HorizontalPodAutoscaler": "pods",
    "policy/v1 PodDisruptionBudget": "pods",
    "coordination.k8s.io/v1 Lease": "lease",
    "argoproj.io/v1alpha1 Sensor": "sensor",
    "argoproj.io/v1alpha1 EventSource": "source",
    "argoproj.io/v1alpha1 WorkflowEventBinding": "binding",
    "external-secrets.io/v1 ExternalSecret": "credential",
    "bitnami.com/v1alpha1 SealedSecret": "credential",
    "snapshot.storage.k8s.io/v1 VolumeSnapshot": "results",
    "nightlane.example/v1 NightAct": "act-1",
    "cilium.io/v2 CiliumNetworkPolicy": "open",
  }).map(([kind, name]) => added("nordbank", kind, name, LANE)),
  mutation(42, "a Service by a name outside", `Service ${LANE}/api`, (draft) =>
    draft.add("nordbank", {
      ...object("v1 Service", "api", LANE),
      spec: { type: "ExternalName", externalName: "k8s.alpenkredit.example" },
    }),
  ),
  field(
    "a claim that asks for another's volume",
    "nordbank",
    "PersistentVolumeClaim",
    `PersistentVolumeClaim ${LANE}/results`,
    {
      "spec/selector": { matchLabels: { "nightlane/customer": "alpenkredit" } },
    },
  ),
  field("a claim of a volume by name", "nordbank", "PersistentVolumeClaim", `PersistentVolumeClaim ${LANE}/results`, {
    "spec/volumeName": "pvc-of-alpenkredit",
  }),
  field("a claim filled from another", "nordbank", "PersistentVolumeClaim", `PersistentVolumeClaim ${LANE}/results`, {
    "spec/dataSourceRef": { kind: "PersistentVolumeClaim", name: "results", namespace: "customer-alpenkredit" },
  }),
  field("a claim of a raw device", "nordbank", "PersistentVolumeClaim", `PersistentVolumeClaim ${LANE}/results`, {
    "spec/volumeMode": "Block",
  }),
  field("an account whose token pods get", "nordbank", "ServiceAccount", `ServiceAccount ${LANE}/executor`, {
    automountServiceAccountToken: true,
  }),
  field("an account that does not say", "nordbank", "ServiceAccount", `ServiceAccount ${LANE}/executor`, {
    automountServiceAccountToken: undefined,
  }),
  field("an object that stays for good", "nordbank", "ServiceAccount", `ServiceAccount ${LANE}/executor`, {
    "metadata/finalizers": ["nightlane.example/keep"],
  }),
  field("an object that goes with another", "nordbank", "ServiceAccount", `ServiceAccount ${LANE}/executor`, {
    "metadata/ownerReferences": [{ apiVersion: "v1", kind: "Namespace", name: "argo", uid: "1" }],
  }),
  field("a limit of a container that is none", "nordbank", "LimitRange", `LimitRange ${LANE}/lane`, {
    "spec/limits/0/type": "PersistentVolumeClaim",
  }),
  field("a label that another controller goes by", "nordbank", "Namespace", `Namespace ${LANE}`, {
    "metadata/labels/istio-injection": "enabled",
  }),
  field("a namespace without a label of Pod Security", "nordbank", "Namespace", `Namespace ${LANE}`, {
    "metadata/labels/pod-security.kubernetes.io~1enforce": undefined,
  }),
  mutation(42, "a token Secret of the controller's account", "Secret argo/token", (draft) =>
    draft.add("platform", {
      ...object("v1 Secret", "token", "argo"),
      metadata: { name: "token", namespace: "argo", annotations: { "kubernetes.io/service-account.name": "argo" } },
      type: "kubernetes.io/service-account-token",
    }),
  ),
  mutation(42, "an ApplicationSet over all clusters", "ApplicationSet argocd/all", (draft) =>
    draft.add("platform", {
      ...object("argoproj.io/v1alpha1 ApplicationSet", "all", "argocd"),
      spec: { generators: [{ clusters: {} }] },
    }),
  ),
  ...Object.entries({
    "spec/externalIPs": ["192.0.2.1"],
    "spec/type": "NodePort",
    "spec/publishNotReadyAddresses": true,
    "spec/trafficDistribution": "PreferClose",
  }).map(([path, value]) =>
    field(`a Service of nightwatch with ${path}`, "platform", "Service", "Service nightlane-system/nightwatch", {
      [path]: value,
    }),
  ),
  ...Object.entries({
    "spec/template/spec/priorityClassName": "system-cluster-critical",
    "spec/template/spec/dnsPolicy": "None",
    "spec/template/spec/tolerations": [{ operator: "Exists" }],
    "spec/template/spec/nodeName": "control-plane",
    "spec/template/spec/runtimeClassName": "loose",
    "spec/template/spec/schedulerName": "other",
    "spec/template/spec/containers/0/lifecycle": { postStart: { exec: { command: ["sh"] } } },
    "spec/template/spec/containers/0/envFrom": [{ configMapRef: { name: "x" } }],
    "spec/template/spec/containers/0/stdin": true,
  }).map(([path, value]) =>
    field(`a controller with ${path}`, "platform", "Deployment", "Deployment argo/workflow-controller", {
      [path]: value,
    }),
  ),
  ...Object.entries({
    "spec/template/spec/nodeSelector": { pool: "banks" },
    "spec/template/spec/containers/0/tty": true,
  }).map(([path, value]) =>
    mutation(
      42,
      `a pod at the customer's with ${path}`,
      "Deployment risk/results in the cluster of nordbank",
      (draft) => set(draft.customerSide("nordbank", "Deployment"), path, value),
    ),
  ),

  network("the controller's metrics, by a lane", CONTROLLER, "controller", "ingress", {
    from: [namespaceNamed(LANE)],
    ports: [{ port: 9090, protocol: "TCP" }],
  }),
  network("nightwatch's metrics, by a lane", NIGHTWATCH, "nightwatch", "ingress", {
    from: [namespaceNamed(LANE)],
    ports: [{ port: 8080, protocol: "TCP" }],
  }),
  network("nightwatch, by everybody", NIGHTWATCH, "nightwatch", "ingress", { ports: [{ port: 8080 }] }),
  network("another port, by the monitoring", NIGHTWATCH, "nightwatch", "ingress", {
    from: [namespaceNamed("monitoring")],
    ports: [{ port: 22, protocol: "TCP" }],
  }),
  network("an address that nobody declared, by nightwatch", NIGHTWATCH, "nightwatch", "egress", {
    to: [{ ipBlock: { cidr: "192.0.2.9/32" } }],
    ports: [{ port: 443, protocol: "TCP" }],
  }),
  network("names, by the controller", CONTROLLER, "controller", "egress", {
    to: [namespaceNamed("kube-system")],
    ports: [{ port: 53, protocol: "UDP" }],
  }),
  network("Argo CD, by nightwatch", NIGHTWATCH, "nightwatch", "egress", {
    to: [namespaceNamed("argocd")],
    ports: [{ port: 443, protocol: "TCP" }],
  }),

  setting("one bucket for all lanes", "artifactRepository", "s3:\n  bucket: results\n"),
  setting("defaults for every night", "workflowDefaults", "spec:\n  hostNetwork: true\n"),
  setting("locks in a store of its own", "synchronization", "enableAPI: true\n"),
  setting("an archive of all nights", "persistence", "archive: true\n"),
  setting("settings under the one key of old", "config", "instanceID: other\n"),
  setting("templates that a submitter brings", "workflowRestrictions", "templateReferencing: Secure\n"),
  setting("no restriction", "workflowRestrictions", "{}\n"),
  setting(
    "a further restriction that lets something past",
    "workflowRestrictions",
    "templateReferencing: Strict\nother: x\n",
  ),
  ...Object.entries({
    podSpecLogStrategy: "allPods: true\n",
    instanceID: "other",
    namespace: "customer-nordbank",
    mainContainer: "securityContext:\n  privileged: true\n",
    containerRuntimeExecutors: "[]",
    kubeConfig: "secretName: x\nsecretKey: y\n",
    sso: "issuer: https://evil.example\n",
    images: "x:\n  entrypoint: [sh]\n",
    artifactRepositoryRef: "key: x\n",
    telemetryConfig: "enabled: true\n",
    resourceRateLimit: "limit: 0.0001\nburst: 1\n",
    namespaceParallelism: "1",
    parallelism: "1",
    nodeEvents: "enabled: false\n",
    retentionPolicy: "completed: 0\n",
    links: "- name: x\n",
  }).map(([key, value]) => setting(`the setting ${key}`, key, value)),
  ...Object.entries({
    ARGO_EXECUTOR_PLUGINS: "true",
    ARGO_REMOVE_PVC_PROTECTION_FINALIZER: "true",
    WORKFLOW_GC_PERIOD: "1s",
    KUBERNETES_SERVICE_HOST: "192.0.2.1",
    HTTPS_PROXY: "http://192.0.2.1:3128",
  }).map(([name, value]) =>
    mutation(42, `a controller with the variable ${name}`, "Deployment argo/workflow-controller", (draft) =>
      append(draft.object("platform", "Deployment", "workflow-controller"), "spec/template/spec/containers/0/env", {
        name,
        value,
      }),
    ),
  ),
  mutation(44, "a plugin beside every step", "ConfigMap argo/hello", (draft) =>
    draft.add("platform", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "hello",
        namespace: "argo",
        labels: { "workflows.argoproj.io/configmap-type": "ExecutorPlugin" },
      },
      data: { "sidecar.container": "image: x\n" },
    } as Manifest),
  ),
  setting("executors that are not restricted", "executor", `image: x@sha256:${"0".repeat(64)}\n`),
  setting("executors with variables", "executor", (now) => `${now}env:\n  - name: X\n    value: x\n`),
  setting("settings that are no YAML", "metricsConfig", "{"),

  ...Object.entries({
    artifactRepositoryRef: { configMap: "artifact-repositories" },
    priorityClassName: "first",
    hooks: { exit: { template: "over" } },
    dnsConfig: { nameservers: ["192.0.2.53"] },
    imagePullSecrets: [{ name: "registry" }],
    workflowTemplateRef: { name: "other" },
    shutdown: "Stop",
  }).map(([name, value]) =>
    template(
      `a template with ${name}`,
      (draft) => set(night(draft), `spec/${name}`, value),
      name === "imagePullSecrets" ? [10] : [],
    ),
  ),
  template("a projected token in a template", (draft) =>
    append(night(draft), "spec/volumes", {
      name: "token",
      projected: { sources: [{ serviceAccountToken: { path: "token", audience: "vault" } }] },
    }),
  ),
  ...Object.entries({
    "for another customer": { path: "federated-token", audience: "nightlane/customer-alpenkredit" },
    "for a day": { path: "federated-token", audience: `nightlane/${LANE}`, expirationSeconds: 86_400 },
  }).map(([what, serviceAccountToken]) =>
    template(`a federated token ${what}`, (draft) =>
      append(night(draft), "spec/volumes", { name: "token", projected: { sources: [{ serviceAccountToken }] } }),
    ),
  ),
  template(
    "another Secret beside the federated token",
    (draft) =>
      append(night(draft), "spec/volumes", {
        name: "token",
        projected: { sources: [{ secret: { name: "registry" } }] },
      }),
    [10],
  ),
  template("a volume of another machine's", (draft) =>
    append(night(draft), "spec/volumes", { name: "share", nfs: { server: "192.0.2.7", path: "/" } }),
  ),
  template("a volume of one item of the credential", (draft) =>
    append(night(draft), "spec/volumes", {
      name: "one",
      secret: { secretName: "credential", items: [{ key: "a", path: "b" }] },
    }),
  ),
  template("another patch of the pods", (draft) => set(night(draft), "spec/podSpecPatch", '{"priority":1}')),
  template("a token in the runners", (draft) => set(night(draft), "spec/automountServiceAccountToken", true)),
  ...[
    '{{=sprig.repeat(2000000000,"A")}}',
    '{{=sprig.env("X")}}',
    "{{workflow.annotations.x}}",
    "{{workflow.serviceAccountName}}",
    "{{node.name}}",
    "{{steps.x.outputs.result}}",
    "{{ workflow.name }}",
    "{{=asInt(inputs.parameters.attempt)+2}}",
    "{{open",
  ].map((text) =>
    template(`a message with ${text}`, (draft) =>
      append(night(draft), "spec/templates", {
        name: "note",
        inputs: { parameters: [{ name: "message", value: text }] },
        suspend: {},
      }),
    ),
  ),
  ...Object.entries({
    memoize: { key: "x", cache: { configMap: { name: "c" } } },
    http: { url: "http://192.0.2.1" },
    podSpecPatch: "{}",
    tolerations: [{ operator: "Exists" }],
    synchronization: { mutexes: [{ name: "m" }] },
  }).map(([name, value]) =>
    template(`a node with ${name}`, (draft) =>
      append(night(draft), "spec/templates", { name: "extra", suspend: {}, [name]: value }),
    ),
  ),
  ...Object.entries({
    "of another namespace": {
      configMapKeyRef: { name: "at-once-desks-8", key: "places" },
      namespace: "customer-alpenkredit",
    },
    "that is no group's": { configMapKeyRef: { name: "locks", key: "places" } },
    "of another key": { configMapKeyRef: { name: "at-once-desks-8", key: "other" } },
    "of a database": { database: { key: "x" } },
  }).map(([what, semaphore]) =>
    template(`a semaphore ${what}`, (draft) =>
      append(night(draft), "spec/templates", {
        name: "extra",
        suspend: {},
        synchronization: { semaphores: [semaphore] },
      }),
    ),
  ),
  template("a retry that goes by what a step says", (draft) =>
    append(night(draft), "spec/templates", {
      name: "extra",
      suspend: {},
      retryStrategy: { expression: "lastRetry.message matches 'again'" },
    }),
  ),
  template("an output from the credential's file", (draft) =>
    append(night(draft), "spec/templates", {
      name: "extra",
      suspend: {},
      outputs: { parameters: [{ name: "results", valueFrom: { path: "/credentials/kubeconfig" } }] },
    }),
  ),
  template("an output from an expression", (draft) =>
    append(night(draft), "spec/templates", {
      name: "extra",
      suspend: {},
      outputs: { parameters: [{ name: "results", valueFrom: { expression: "1+1" } }] },
    }),
  ),
  mutation(45, "a schedule that says when not", `CronWorkflow ${LANE}/night`, (draft) =>
    set(draft.object("nordbank", "CronWorkflow", "night"), "spec/when", "{{= 1 == 1}}"),
  ),
  mutation(45, "a schedule that stops by an expression", `CronWorkflow ${LANE}/night`, (draft) =>
    set(draft.object("nordbank", "CronWorkflow", "night"), "spec/stopStrategy", { expression: "true" }),
  ),
];

function object(kind: string, name: string, namespace: string | undefined): Manifest {
  const [apiVersion = "", word = ""] = kind.split(" ");
  return { apiVersion, kind: word, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

function added(owner: string, kind: string, name: string, namespace: string | undefined): Mutation {
  const manifest = object(kind, name, namespace);
  const where = namespace === undefined ? name : `${namespace}/${name}`;
  return mutation(
    42,
    `${owner === "platform" ? "the platform has" : "a lane has"} a ${manifest.kind}`,
    `${manifest.kind} ${where}`,
    (draft) => draft.add(owner, manifest),
  );
}

function field(
  title: string,
  owner: string,
  kind: string,
  name: string,
  values: Readonly<Record<string, unknown>>,
): Mutation {
  const [, place = ""] = name.split(" ");
  return mutation(42, title, name, (draft) => {
    for (const [path, value] of Object.entries(values)) {
      put(draft.object(owner, kind, place.split("/").at(-1) ?? place), path, value);
    }
  });
}

/** Sets a field whose name may have a slash, written as `~1`. */
function put(manifest: Manifest, path: string, value: unknown): void {
  const steps = path.split("/");
  const last = steps.pop() ?? "";
  const parent = (steps.length === 0 ? manifest : get(manifest, steps.join("/"))) as Manifest | undefined;
  if (parent === undefined || last.includes("~1") === false) {
    set(manifest, path, value);
  } else {
    Reflect.deleteProperty(parent, last.replace("~1", "/"));
  }
}

function network(title: string, object: string, name: string, direction: string, rule: object): Mutation {
  return mutation(43, `reached is ${title}`, object, (draft) =>
    append(draft.object("platform", "NetworkPolicy", name), `spec/${direction}`, rule),
  );
}

function setting(title: string, key: string, value: string | ((now: string) => string)): Mutation {
  return mutation(44, title, SETTINGS, (draft) => {
    const manifest = draft.object("platform", "ConfigMap", "workflow-controller-configmap");
    const now = String(get(manifest, `data/${key}`));
    set(manifest, `data/${key}`, typeof value === "string" ? value : value(now));
  });
}

function template(title: string, change: (draft: Draft) => void, also: readonly number[] = []): Mutation {
  return mutation(45, title, TEMPLATE, change, also);
}

function night(draft: Draft): Manifest {
  return draft.object("nordbank", "WorkflowTemplate", TEMPLATE.split("/").at(-1) ?? "");
}

function namespaceNamed(name: string): object {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}
