import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { append, type Draft, get, set, soundEstate, TEMPLATE } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const LANE = "customer-nordbank";
const DIGEST = `@sha256:${"a".repeat(64)}`;
const EVIL = `registry.evil.example/runner${DIGEST}`;
const IMAGES = "ConfigMap nightlane-system/admission-images";
const SETTINGS = "ConfigMap argo/workflow-controller-configmap";
const CONTROLLER = "Deployment argo/workflow-controller";
const NIGHTWATCH = "Deployment nightlane-system/nightwatch";

/** What the platform and a lane consist of, and what runs in them: rules 39 and 42. */
export const partMutations: readonly Mutation[] = [
  ...["runner", "executor"].flatMap((key) => [
    mutation(39, `pods of another registry's ${key}`, IMAGES, (draft) => set(images(draft), `data/${key}`, EVIL)),
    mutation(39, `pods of a second ${key}`, IMAGES, (draft) =>
      set(images(draft), `data/${key}`, `${String(get(images(draft), `data/${key}`))}\n${EVIL}`),
    ),
    mutation(39, `pods of any ${key} of a name`, IMAGES, (draft) =>
      set(images(draft), `data/${key}`, `${String(get(images(draft), `data/${key}`))}\nnginx:latest`),
    ),
  ]),
  mutation(39, "an executor of another registry", SETTINGS, (draft) => {
    const settings = draft.object("platform", "ConfigMap", "workflow-controller-configmap");
    set(settings, "data/executor", String(get(settings, "data/executor")).replace(/^image: .*$/m, `image: ${EVIL}`));
  }),
  mutation(39, "a controller of another registry", CONTROLLER, (draft) =>
    set(deployment(draft, "workflow-controller"), "spec/template/spec/containers/0/image", EVIL),
  ),
  mutation(39, "a nightwatch of another registry", NIGHTWATCH, (draft) =>
    set(deployment(draft, "nightwatch"), "spec/template/spec/containers/0/image", EVIL),
  ),
  mutation(39, "a runner of another registry", TEMPLATE, (draft) => {
    const night = draft.object("nordbank", "WorkflowTemplate", TEMPLATE.split("/").at(-1) ?? "");
    const templates = get(night, "spec/templates") as readonly Manifest[];
    set(templates.find((each) => get(each, "container") !== undefined) as Manifest, "container/image", EVIL);
  }),

  ...(
    [
      ["workflow-controller", CONTROLLER, "args", (now: unknown) => [...(now as string[]), "--executor-image", EVIL]],
      ["workflow-controller", CONTROLLER, "args", () => ["--namespaced"]],
      ["workflow-controller", CONTROLLER, "command", () => ["sh", "-c", "workflow-controller"]],
      ["nightwatch", NIGHTWATCH, "args", () => ["--inspect=0.0.0.0:9229"]],
      ["nightwatch", NIGHTWATCH, "workingDir", () => "/webhook"],
      ["workflow-controller", CONTROLLER, "resources/limits/memory", () => "64Gi"],
      ["nightwatch", NIGHTWATCH, "securityContext/runAsUser", () => 0],
      ["nightwatch", NIGHTWATCH, "securityContext", () => undefined],
      ["workflow-controller", CONTROLLER, "resources/limits", () => undefined],
      ["workflow-controller", CONTROLLER, "securityContext/capabilities/drop", () => []],
    ] as const
  ).map(([name, object, path, change]) =>
    mutation(42, `${name} with other ${path}: ${JSON.stringify(change([]))}`, object, (draft) => {
      const at = `spec/template/spec/containers/0/${path}`;
      set(deployment(draft, name), at, change(get(deployment(draft, name), at)));
    }),
  ),
  mutation(42, "nightwatch with a variable of Node's", NIGHTWATCH, (draft) =>
    append(deployment(draft, "nightwatch"), "spec/template/spec/containers/0/env", {
      name: "NODE_OPTIONS",
      value: "--require /webhook/url",
    }),
  ),
  mutation(42, "a controller that takes another's variable", CONTROLLER, (draft) => {
    const env = get(deployment(draft, "workflow-controller"), "spec/template/spec/containers/0/env");
    for (const variable of env as { name: string; value?: string }[]) {
      variable.value = variable.name === "DEFAULT_REQUEUE_TIME" ? "30s" : (variable.value ?? "");
    }
  }),
  ...(
    [
      ["a right more for Argo's containers", "drop:\n      - ALL", "drop:\n      - ALL\n    add:\n      - NET_RAW"],
      ["Argo's containers as large as a node", "memory: 256Mi", "memory: 256Gi"],
      ["an executor that is fetched anew, whatever it is by then", "IfNotPresent", "Always"],
      ["Argo's containers without a filter of calls", "RuntimeDefault", "Unconfined"],
    ] as const
  ).map(([title, before, after]) =>
    mutation(42, title, SETTINGS, (draft) => {
      const settings = draft.object("platform", "ConfigMap", "workflow-controller-configmap");
      const now = String(get(settings, "data/executor"));
      if (!now.includes(before)) {
        throw new Error(`the settings have no ${before}: ${now}`);
      }
      set(settings, "data/executor", now.replace(before, after));
    }),
  ),
  mutation(42, "metrics of the controller under another path", SETTINGS, (draft) =>
    set(
      draft.object("platform", "ConfigMap", "workflow-controller-configmap"),
      "data/metricsConfig",
      "enabled: true\npath: /\nport: 9091\nsecure: false\n",
    ),
  ),
  mutation(42, "containers of a lane that may be as large as a node", `LimitRange ${LANE}/lane`, (draft) =>
    set(draft.object("nordbank", "LimitRange"), "spec/limits/0/max/memory", "1000Gi"),
  ),

  ...soundEstate.platform
    .filter(({ kind }) => !/Policy|Definition|Monitor|PrometheusRule|AppProject/.test(kind))
    .map(({ kind, metadata: { name, namespace } }) => {
      const object = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
      return gone(object, (draft) => {
        draft.platform = draft.platform.filter(
          (each) => each.kind !== kind || each.metadata.name !== name || each.metadata.namespace !== namespace,
        );
      });
    }),
  ...[
    ["CronWorkflow", "reaper"],
    ["CronWorkflow", "night"],
    ["PersistentVolumeClaim", "results"],
    ["ConfigMap", "api-server"],
    ["ServiceAccount", "executor"],
    ["Role", "nightwatch"],
    ["RoleBinding", "oncall"],
  ].map(([kind = "", name = ""]) =>
    gone(`${kind} ${name} of nordbank`, (draft) => draft.remove("nordbank", kind, name)),
  ),
];

function gone(object: string, change: (draft: Draft) => void): Mutation {
  return mutation(42, `${object} is gone`, object, change);
}

function images(draft: Draft): Manifest {
  return draft.object("platform", "ConfigMap", "admission-images");
}

function deployment(draft: Draft, name: string): Manifest {
  return draft.object("platform", "Deployment", name);
}
