import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { type Fields, fields } from "../../../../isolation/model/fields.ts";
import { append, type Draft, get, set, TEMPLATE } from "../draft.ts";
import { type Mutation, mutation, pipelineOf } from "./mutation.ts";

const CRON = "CronWorkflow customer-nordbank/night";
const SETTINGS = "ConfigMap argo/workflow-controller-configmap";
const FILE = "customers/nordbank.ts";

/** Independence of customers, and what runs: rules 38 and 39. */
export const supplyMutations: readonly Mutation[] = [
  renderedAgain("another value", "NetworkPolicy customer-alpenkredit/customer-api", (manifests) =>
    manifests.map((manifest) =>
      manifest.kind === "NetworkPolicy" && manifest.metadata.name === "customer-api"
        ? { ...manifest, spec: {} }
        : manifest,
    ),
  ),
  renderedAgain("an object fewer", "alpenkredit", (manifests) => manifests.slice(1)),
  renderedAgain("another order of fields", "Namespace customer-alpenkredit", (manifests) =>
    manifests.map((manifest) => Object.fromEntries(Object.entries(manifest).reverse()) as unknown as Manifest),
  ),
  mutation(38, "a file that imports another customer's", FILE, (draft) =>
    draft.change("nordbank", { source: 'import { pricing } from "./alpenkredit.ts";' }),
  ),
  mutation(38, "a file that reads the machine", FILE, (draft) =>
    draft.change("nordbank", { source: 'const fs = await import("node:fs");' }),
  ),
  mutation(38, "an object in another's lane", "ConfigMap customer-alpenkredit/note", (draft) =>
    draft.add("nordbank", configMap("note", "customer-alpenkredit")),
  ),
  mutation(38, "an object of the whole cluster", "PriorityClass first", (draft) =>
    draft.add("nordbank", {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: "first" },
      value: 1,
    }),
  ),
  mutation(38, "pods in another's lane", "Job customer-alpenkredit/visitor", (draft) =>
    draft.add("nordbank", {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "visitor", namespace: "customer-alpenkredit" },
      spec: {},
    }),
  ),
  mutation(38, "a lock in another's lane", TEMPLATE, (draft) =>
    set(draft.object("nordbank", "WorkflowTemplate"), "spec/synchronization", {
      mutexes: [{ name: "night", namespace: "customer-alpenkredit" }],
    }),
  ),
  mutation(38, "a template that lanes share", CRON, (draft) =>
    set(draft.object("nordbank", "CronWorkflow"), "spec/workflowSpec/workflowTemplateRef/clusterScope", true),
  ),

  mutation(39, "an image by tag", TEMPLATE, (draft) => {
    const templates = get(draft.object("nordbank", "WorkflowTemplate"), "spec/templates") as readonly Manifest[];
    const running = templates.find((template) => get(template, "container") !== undefined);
    set(running as Manifest, "container/image", "registry.nightlane.example/nightlane/runner:latest");
  }),
  mutation(39, "an image without anything", "Deployment argo/workflow-controller", (draft) =>
    set(draft.object("platform", "Deployment"), "spec/template/spec/containers/0/image", "workflow-controller"),
  ),
  mutation(
    39,
    "an executor by tag",
    SETTINGS,
    (draft) =>
      set(
        draft.object("platform", "ConfigMap", "workflow-controller-configmap"),
        "data/executor",
        "image: registry.nightlane.example/argoproj/argoexec:v4.0.10\n",
      ),
    // Without its resources the lane's defaults hold, which are the same.
  ),
  mutation(39, "a step's image by tag", TEMPLATE, (draft) => {
    const manifest = draft.object("nordbank", "WorkflowTemplate");
    const templates = JSON.stringify(get(manifest, "spec/templates"));
    set(manifest, "spec/templates", JSON.parse(templates.replaceAll(/(\/risk)@sha256:[0-9a-f]{64}/g, "$1:latest")));
  }),
  mutation(
    39,
    "an image in the customer's cluster by tag",
    "Deployment risk/results in the cluster of nordbank",
    (draft) => set(draft.customerSide("nordbank", "Deployment"), "spec/template/spec/containers/0/image", "runner:1"),
  ),
  mutation(39, "a sidecar by tag", TEMPLATE, (draft) => {
    const templates = get(draft.object("nordbank", "WorkflowTemplate"), "spec/templates") as readonly Manifest[];
    append(templates[0] as Manifest, "sidecars", { name: "proxy", image: "proxy:1" });
  }),
  pipelineImage("by tag", (main) => ({ ...main, default: { image: "registry.nightlane.example/nightlane/ci:1" } })),
  pipelineImage("by a variable, which whoever runs a pipeline may set", (main) => ({
    ...main,
    variables: { IMAGE: fields(main.default).image },
    default: { image: "$IMAGE" },
  })),
  pipelineImage("by tag, of one job", (main) => ({ ...main, lint: { ...fields(main.lint), image: "node:24" } })),
  mutation(39, "the image of what is deployed by a variable", "pipeline of deploy", (draft) => {
    const pipeline = pipelineOf(draft);
    const deploy = { ...pipeline.children.deploy, default: { image: "$IMAGE" } };
    draft.trials = { ...draft.trials, pipeline: { ...pipeline, children: { ...pipeline.children, deploy } } };
  }),
  version("a floor with known holes", { productionFloor: "4.0.5" }),
  version("a floor before its release", { productionFloor: "4.0.10-rc1" }),
  version("a production below the floor", { productionFloor: "4.0.10", production: "4.0.9" }),
  version("a version that is none", { productionFloor: "latest" }),
];

/** The repository's own pipeline with another image. */
function pipelineImage(title: string, change: (main: Fields) => Fields): Mutation {
  return mutation(39, `a pipeline's image ${title}`, ".gitlab-ci.yml", (draft) => {
    const pipeline = pipelineOf(draft);
    draft.trials = { ...draft.trials, pipeline: { ...pipeline, main: change(pipeline.main) } };
  });
}

function version(title: string, argoWorkflows: Partial<Draft["versions"]["argoWorkflows"]>): Mutation {
  return mutation(39, title, "versions.json", (draft) => {
    draft.versions = { ...draft.versions, argoWorkflows: { ...draft.versions.argoWorkflows, ...argoWorkflows } };
  });
}

/** The second customer comes out differently after a change of the first. */
function renderedAgain(
  title: string,
  object: string,
  mutate: (manifests: readonly Manifest[]) => readonly Manifest[],
): Mutation {
  return mutation(38, `another customer's change brings ${title}`, object, (draft) => {
    const { change } = draft.trials;
    if (change === undefined) {
      throw new Error("the estate has no change to look at");
    }
    const renderings = change.renderings.map((rendering) =>
      rendering.owner === "alpenkredit" ? { ...rendering, after: mutate(rendering.after) } : rendering,
    );
    draft.trials = { ...draft.trials, change: { ...change, renderings } };
  });
}

function configMap(name: string, namespace: string): Manifest {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: {} };
}
