import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { append, type Draft, get, nordbank, set, TEMPLATE } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const CRON = "CronWorkflow customer-nordbank/night";
const SETTINGS = "ConfigMap argo/workflow-controller-configmap";
const LIMITS = "LimitRange customer-nordbank/lane";
const QUOTA = "ResourceQuota customer-nordbank/lane";
const LABEL = "workflows.argoproj.io/parallelism-limit";

/** What pods hold and ask for, and what they may use: rules 16, 23, 32, 33, 35, 36. */
export const workloadMutations: readonly Mutation[] = [
  inTemplate(16, "a variable from a Secret", (container) =>
    append(container, "env", { name: "KEY", valueFrom: { secretKeyRef: { name: "credential", key: "kubeconfig" } } }),
  ),
  inTemplate(16, "all variables from a Secret", (container) =>
    set(container, "envFrom", [{ secretRef: { name: "credential" } }]),
  ),
  inTemplate(16, "a variable with a telling name", (container) =>
    append(container, "env", { name: "DB_PASSWORD", value: "winter" }),
  ),
  inTemplate(16, "a password as an argument", (container) => append(container, "args", "--password=winter")),
  inTemplate(16, "a password as two arguments", (container) => append(container, "args", "--token", "abcdef")),
  inTemplate(16, "a URL with a password", (container) =>
    append(container, "args", "https://night:winter@files.example/"),
  ),
  mutation(16, "a token as a parameter", TEMPLATE, (draft) =>
    append(draft.object("nordbank", "WorkflowTemplate"), "spec/arguments/parameters", {
      name: "api-token",
      value: "abc123",
    }),
  ),
  mutation(16, "a web token as an annotation", CRON, (draft) =>
    set(draft.object("nordbank", "CronWorkflow"), "metadata/annotations", {
      note: `eyJhbGciOiJSUzI1NiJ9.${"eyJzdWIiOiJzeXN0ZW0ifQ"}.c2lnbmF0dXJl`,
    }),
  ),
  mutation(16, "a random word as an annotation", CRON, (draft) =>
    set(draft.object("nordbank", "CronWorkflow"), "metadata/annotations", { note: "kJ8s2LmQ9vXz4TnB7wRy1PdF6hGc3" }),
  ),
  mutation(16, "a private key in settings", SETTINGS, (draft) =>
    set(
      draft.object("platform", "ConfigMap", "workflow-controller-configmap"),
      "data/sso",
      `key: |\n  -----BEGIN ${"PRIVATE KEY"}-----\n`,
    ),
  ),
  inDocument(16, "a password as a variable in a step's Job", (document) =>
    document.replace('{"name":"STEP"', '{"name":"DB_PASSWORD","value":"hunter2-hunter2"},{"name":"STEP"'),
  ),

  mutation(23, "the node's network in a workflow", TEMPLATE, (draft) =>
    set(draft.object("nordbank", "WorkflowTemplate"), "spec/hostNetwork", true),
  ),
  mutation(23, "the node's processes by a patch", TEMPLATE, (draft) =>
    set(draft.object("nordbank", "WorkflowTemplate"), "spec/podSpecPatch", '{"hostPID": true}'),
  ),
  mutation(23, "a patch with a placeholder", TEMPLATE, (draft) =>
    set(draft.object("nordbank", "WorkflowTemplate"), "spec/podSpecPatch", "{{workflow.parameters.business-date}}"),
  ),
  mutation(23, "the node's files in a volume", TEMPLATE, (draft) =>
    append(draft.object("nordbank", "WorkflowTemplate"), "spec/volumes", { name: "node", hostPath: { path: "/" } }),
  ),
  inTemplate(23, "a privileged container", (container) => set(container, "securityContext/privileged", true)),
  inTemplate(23, "a port of the node", (container) => set(container, "ports", [{ containerPort: 80, hostPort: 80 }])),
  mutation(23, "the node's network by the controller's defaults", SETTINGS, (draft) =>
    set(
      draft.object("platform", "ConfigMap", "workflow-controller-configmap"),
      "data/workflowDefaults",
      "spec:\n  hostNetwork: true\n",
    ),
  ),
  inDocument(23, "the node's network in a step's Job", (document) =>
    document.replace('"restartPolicy":"Never"', '"restartPolicy":"Never","hostNetwork":true'),
  ),
  mutation(23, "a namespace with a weaker profile", "Namespace customer-nordbank", (draft) =>
    set(draft.object("nordbank", "Namespace"), "metadata/labels", {
      "pod-security.kubernetes.io/enforce": "baseline",
      "pod-security.kubernetes.io/enforce-version": "v1.36",
    }),
  ),
  mutation(23, "a profile in whatever version", "Namespace argo", (draft) =>
    set(draft.object("platform", "Namespace", "argo"), "metadata/labels", {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": "latest",
    }),
  ),

  ...["requests.cpu", "limits.memory", "pods", "persistentvolumeclaims", "limits.ephemeral-storage"].map(unlimited),
  ...[
    "count/workflows.argoproj.io",
    "count/workflowtaskresults.argoproj.io",
    "count/secrets",
    "count/configmaps",
    "services.nodeports",
  ].map(unlimited),
  ...[
    "count/workflowtaskresults.argoproj.io",
    "count/nightacts.nightlane.example",
    "count/workflows.argoproj.io",
    "count/configmaps",
    "count/secrets",
    "count/services",
    "pods",
    "persistentvolumeclaims",
    "requests.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
  ].map((name) =>
    mutation(
      32,
      `a million of ${name}`,
      QUOTA,
      (draft) => hard(draft, name, /memory|storage/.test(name) ? "1000000Gi" : "1000000"),
      // So many pods need more memory than there is.
      name === "pods" ? [33] : [],
    ),
  ),
  mutation(32, "one pod more than its runners need", QUOTA, (draft) =>
    hard(draft, "pods", String(nordbank.lane.runners + 4)),
  ),
  ...["1Pi", "1000Ti"].map((size) =>
    mutation(32, `results of ${size}`, "PersistentVolumeClaim customer-nordbank/results", (draft) =>
      set(draft.object("nordbank", "PersistentVolumeClaim"), "spec/resources/requests/storage", size),
    ),
  ),
  mutation(
    32,
    "results of 1 Pi where no file is at hand",
    "PersistentVolumeClaim customer-nordbank/results",
    (draft) => {
      draft.change("nordbank", { definition: undefined });
      set(draft.object("nordbank", "PersistentVolumeClaim"), "spec/resources/requests/storage", "1Pi");
    },
  ),
  mutation(32, "no quota", "Namespace customer-nordbank", (draft) => draft.remove("nordbank", "ResourceQuota", "lane")),
  mutation(32, "a quota for some pods only", QUOTA, (draft) =>
    set(draft.object("nordbank", "ResourceQuota"), "spec/scopes", ["NotTerminating"]),
  ),
  mutation(32, "a balancer in front of a lane", "Service customer-nordbank/report", (draft) =>
    draft.add("nordbank", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "report", namespace: "customer-nordbank" },
      spec: { type: "LoadBalancer", ports: [{ port: 443 }] },
    }),
  ),

  mutation(33, "no LimitRange", "Namespace customer-nordbank", (draft) =>
    draft.remove("nordbank", "LimitRange", "lane"),
  ),
  limited("no default for memory", "spec/limits/0/default/memory", undefined),
  limited("a maximum below what Argo's containers use", "spec/limits/0/max/memory", "128Mi"),
  limited("a minimum above what Argo's containers ask for", "spec/limits/0/min", { cpu: "100m" }),
  mutation(33, "room for fewer pods than the quota counts", QUOTA, (draft) => hard(draft, "limits.memory", "1Gi")),

  mutation(35, "a lane that lifts its own limit", "Namespace customer-nordbank", (draft) => {
    const namespace = draft.object("nordbank", "Namespace");
    set(namespace, "metadata/labels", { ...namespace.metadata.labels, [LABEL]: "1000" });
  }),
  mutation(35, "a role that labels namespaces", "Role customer-nordbank/executor", (draft) =>
    append(draft.object("nordbank", "Role", "executor"), "rules", {
      apiGroups: [""],
      resources: ["namespaces"],
      verbs: ["patch"],
    }),
  ),
  mutation(35, "no policy that guards the label", "the platform", (draft) =>
    draft.remove("platform", "ValidatingAdmissionPolicy", "nightlane-namespace-labels"),
  ),
  guard("a policy that fails open", "ValidatingAdmissionPolicy", "spec/failurePolicy", "Ignore", "the platform"),
  guard("a policy that only warns", "ValidatingAdmissionPolicyBinding", "spec/validationActions", ["Warn"]),
  guard("a policy for some namespaces", "ValidatingAdmissionPolicyBinding", "spec/matchResources", {
    namespaceSelector: { matchLabels: { guarded: "yes" } },
  }),

  cleaned("no ttlStrategy", "spec/ttlStrategy", undefined),
  cleaned("a ttlStrategy for success only", "spec/ttlStrategy", { secondsAfterSuccess: 60 }),
  cleaned("no podGC", "spec/podGC", undefined),
  mutation(36, "a step without a deadline", TEMPLATE, (draft) =>
    set(runTemplate(draft), "activeDeadlineSeconds", undefined),
  ),
  mutation(36, "a schedule that keeps everything", CRON, (draft) =>
    set(draft.object("nordbank", "CronWorkflow"), "spec/workflowSpec/ttlStrategy", { secondsAfterCompletion: 0 }),
  ),
];

/** The first template that runs a Spark step, as if it were a manifest of its own. */
function runTemplate(draft: Draft): Manifest {
  const templates = get(draft.object("nordbank", "WorkflowTemplate"), "spec/templates") as readonly Manifest[];
  const found = templates.find((template) => JSON.stringify(template).includes("spark.driver.host"));
  if (found === undefined) {
    throw new Error("no template runs a Spark step");
  }
  return found;
}

function inTemplate(rule: number, title: string, mutate: (container: Manifest) => void): Mutation {
  return mutation(rule, title, TEMPLATE, (draft) => mutate(get(runTemplate(draft), "container") as Manifest));
}

/** Changes a Spark step's document, which is in a variable. */
function inDocument(rule: number, title: string, rewrite: (document: string) => string): Mutation {
  return mutation(rule, title, TEMPLATE, (draft) => {
    const before = String(get(runTemplate(draft), "container/env/0/value"));
    const after = rewrite(before);
    if (after === before) {
      throw new Error("the document is the same");
    }
    set(runTemplate(draft), "container/env/0/value", after);
  });
}

function unlimited(name: string): Mutation {
  return mutation(32, `no limit on ${name}`, QUOTA, (draft) => hard(draft, name, undefined));
}

function hard(draft: Draft, name: string, value: string | undefined): void {
  const quota = draft.object("nordbank", "ResourceQuota");
  const { [name]: _, ...others } = get(quota, "spec/hard") as Record<string, unknown>;
  set(quota, "spec/hard", value === undefined ? others : { ...others, [name]: value });
}

function limited(title: string, path: string, value: unknown): Mutation {
  return mutation(33, title, LIMITS, (draft) => set(draft.object("nordbank", "LimitRange"), path, value));
}

function guard(title: string, kind: string, path: string, value: unknown, object?: string): Mutation {
  return mutation(35, title, object ?? "ValidatingAdmissionPolicy nightlane-namespace-labels", (draft) =>
    set(draft.object("platform", kind, "nightlane-namespace-labels"), path, value),
  );
}

function cleaned(title: string, path: string, value: unknown): Mutation {
  return mutation(36, title, TEMPLATE, (draft) => set(draft.object("nordbank", "WorkflowTemplate"), path, value));
}
