import type { Fields } from "../../../../isolation/model/fields.ts";
import { append, type Draft, set } from "../draft.ts";
import { type Mutation, mutation, pipelineOf } from "./mutation.ts";

const PROJECT = "AppProject argocd/customer-alpenkredit";
const APPLICATION = "Application argocd/alpenkredit.pricing-engine";
const CLUSTER = "Secret argocd/cluster-alpenkredit";
const DEFAULT = "AppProject argocd/default";
const NORDBANK = { server: "https://10.64.1.10:6443", namespace: "risk" };

/** Argo CD's objects, and what deploys: rules 29, 30 and 37. */
export const appMutations: readonly Mutation[] = [
  project("every repository", "sourceRepos", ["*"]),
  project("repositories by a pattern", "sourceRepos", ["https://git.nightlane.example/apps/*"]),
  project("all but one repository", "sourceRepos", ["!https://git.nightlane.example/apps/other.git"]),
  project(
    "another repository than its application's",
    "sourceRepos",
    ["https://git.nightlane.example/x.git"],
    APPLICATION,
  ),
  project("another customer's cluster", "destinations", [NORDBANK]),
  project("its own cluster and another's", "destinations", [
    { server: "https://10.64.2.10:6443", namespace: "risk" },
    NORDBANK,
  ]),
  project("every namespace", "destinations", [{ server: "https://10.64.2.10:6443", namespace: "*" }]),
  project("every cluster", "destinations", [{ server: "*", namespace: "risk" }]),
  project("a cluster by name", "destinations", [{ name: "alpenkredit", namespace: "risk" }]),
  project("no destination", "destinations", []),
  project("objects of the whole cluster", "clusterResourceWhitelist", [{ group: "*", kind: "Namespace" }]),
  project("every kind", "namespaceResourceWhitelist", undefined),
  project("every kind by a wildcard", "namespaceResourceWhitelist", [{ group: "*", kind: "*" }]),
  project("roles", "namespaceResourceWhitelist", [{ group: "rbac.authorization.k8s.io", kind: "Role" }]),
  project("Secrets", "namespaceResourceWhitelist", [{ group: "", kind: "Secret" }]),
  project("Applications of a lane", "sourceNamespaces", ["customer-alpenkredit"]),
  project("clusters of others", "permitOnlyProjectScopedClusters", false),
  project("tokens that act for it", "roles", [{ name: "ci", policies: [] }]),
  mutation(
    29,
    "a second project of a customer",
    "AppProject argocd/spare",
    (draft) => {
      const own = draft.apps("alpenkredit", "AppProject");
      const spare = {
        ...structuredClone(own),
        metadata: { name: "spare", namespace: "argocd" },
        spec: { ...(own.spec as object), destinations: [] },
      };
      draft.change("alpenkredit", { apps: [...draft.lane("alpenkredit").apps, spare] });
    },
    [38],
  ),
  mutation(29, "an application without a project", PROJECT, (draft) =>
    draft.change("alpenkredit", { apps: draft.lane("alpenkredit").apps.filter(({ kind }) => kind !== "AppProject") }),
  ),

  application("of the project default", "project", "default"),
  application("of no project", "project", undefined),
  application("to another customer's cluster", "destination", NORDBANK),
  application("to another namespace", "destination/namespace", "kube-system"),
  application("from another repository", "source/repoURL", "https://git.nightlane.example/x.git"),
  application("from a further repository", "sources", [{ repoURL: "https://git.nightlane.example/x.git" }]),
  application("that makes namespaces", "syncPolicy/syncOptions", ["CreateNamespace=true"]),
  application("that retries for ever", "syncPolicy/retry/limit", -1),
  application("that retries as often as Argo CD likes", "syncPolicy/retry", undefined),
  mutation(29, "an application of the platform's", "Application argocd/monitoring", (draft) =>
    draft.add("platform", {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: "monitoring", namespace: "argocd" },
      spec: { project: "default" },
    }),
  ),

  ...Object.entries({
    "source/targetRevision": "main",
    "source/path": "charts/other",
    "source/helm/releaseName": "results",
    "source/helm/valuesObject/image": "registry.evil.example/x",
    "source/helm/valuesObject/command": ["sh"],
    "source/helm/valuesObject": {},
    "source/helm": undefined,
    "source/helm/valueFiles": ["../other/values.yaml"],
    "source/helm/parameters": [{ name: "image", value: "registry.evil.example/x" }],
    "source/plugin": { name: "x" },
    "source/directory": { recurse: true },
    "source/chart": "other",
    "destination/server": "https://10.64.1.10:6443",
    "destination/namespace": "default",
    destination: undefined,
    ignoreDifferences: [{ group: "apps", kind: "Deployment", jsonPointers: ["/spec"] }],
    "syncPolicy/automated": undefined,
    "syncPolicy/automated/prune": false,
    "syncPolicy/automated/selfHeal": undefined,
    "syncPolicy/managedNamespaceMetadata": { labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    info: [{ name: "x", value: "y" }],
    revisionHistoryLimit: 0,
  }).map(([field, value]) => declared(`an application with ${field} ${JSON.stringify(value) ?? "away"}`, field, value)),
  mutation(48, "a project with a repository that no application comes from", PROJECT, (draft) =>
    append(draft.apps("alpenkredit", "AppProject"), "spec/sourceRepos", "https://git.nightlane.example/x.git"),
  ),
  mutation(48, "no application", `${APPLICATION.replace("argocd/", "")} of alpenkredit`, (draft) =>
    draft.change("alpenkredit", { apps: draft.lane("alpenkredit").apps.filter(({ kind }) => kind !== "Application") }),
  ),
  mutation(
    48,
    "an application that the customer's file does not have",
    "Application argocd/alpenkredit.other",
    (draft) => {
      const own = draft.apps("alpenkredit", "Application");
      const other = { ...structuredClone(own), metadata: { ...own.metadata, name: "alpenkredit.other" } };
      draft.change("alpenkredit", { apps: [...draft.lane("alpenkredit").apps, other] });
    },
  ),

  cluster("that is another customer's", "server", "https://10.64.1.10:6443"),
  cluster("with every namespace", "namespaces", undefined),
  cluster("with a further namespace", "namespaces", "risk,kube-system"),
  cluster("with objects outside namespaces", "clusterResources", "true"),
  cluster("for every project", "project", undefined),
  // It is the name of the other's lane, too.
  { ...cluster("for another customer's project", "project", "customer-nordbank"), also: [38] },

  mutation(30, "no project default", DEFAULT, (draft) => draft.remove("platform", "AppProject", "default")),
  inert("a repository", "sourceRepos", ["*"]),
  inert("a destination", "destinations", [{ server: "https://192.0.2.1", namespace: "x" }]),
  inert("every destination", "destinations", [{ server: "*", namespace: "*" }]),
  inert("Applications of lanes", "sourceNamespaces", ["customer-*"]),
  inert("kinds", "namespaceResourceWhitelist", [{ group: "*", kind: "*" }]),
  mutation(
    30,
    "a destination that two projects have",
    PROJECT,
    (draft) => {
      const own = draft.apps("alpenkredit", "AppProject");
      draft.change("nordbank", {
        apps: [{ ...structuredClone(own), metadata: { name: "customer-nordbank", namespace: "argocd" } }],
      });
    },
    [29],
  ),

  pipelineJob("a deployment of every branch", "deploy", "nordbank:up", { rules: [{ when: "on_success" }] }),
  pipelineJob("a deployment by an alternative", "deploy", "nordbank:up", {
    rules: [{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true" || $FORCE' }],
  }),
  pipelineJob("a deployment of an unprotected branch", "deploy", "nordbank:up", {
    rules: [{ if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" }],
  }),
  pipelineJob("a deployment without an environment", "deploy", "nordbank:up", { environment: undefined }),
  pipelineJob("a deployment with another customer's environment", "deploy", "nordbank:up", {
    environment: { name: "customers/alpenkredit" },
  }),
  pipelineJob("a deployment that anybody may start who may merge", "deploy", "nordbank:up", {
    environment: { name: "customers/nordbank" },
  }),
  pipelineJob("a removal of another tier", "deploy", "removed-customer:destroy", {
    environment: { name: "customers/removed-customer", deployment_tier: "staging", action: "stop" },
  }),
  mainJob("a release that anybody may start who may merge", "release", { environment: "release" }),
  pipelineJob("a deployment under another lock", "deploy", "nordbank:up", { resource_group: "customers/alpenkredit" }),
  pipelineJob("a search for drift in a merge request", "drift", "platform:drift", { rules: undefined }),
  pipelineJob("a removal in a merge request", "deploy", "removed-customer:destroy", { rules: [{ when: "manual" }] }),
  pipelineJob("a review with a customer's environment", "review", "nordbank:preview", {
    environment: { name: "customers/nordbank" },
  }),
  pipelineJob("a review on the real state", "review", "nordbank:preview", {
    script: ["pulumi preview --stack nordbank"],
    resource_group: "customers/nordbank",
    environment: { name: "customers/nordbank" },
  }),
  mainJob("a check that deploys", "isolation", { script: "npm run isolation; pulumi up --stack nordbank --yes" }),
  mainJob("a check with an environment", "lint", { environment: "platform" }),
  mutation(37, "a merge request that reaches the deployment", "pipeline of deploy nordbank:up", (draft) =>
    changeMain(draft, "deploy", { rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }] }),
  ),
];

function project(title: string, field: string, value: unknown, object = PROJECT): Mutation {
  return mutation(29, `a project that allows ${title}`, object, (draft) =>
    set(draft.apps("alpenkredit", "AppProject"), `spec/${field}`, value),
  );
}

function application(title: string, field: string, value: unknown): Mutation {
  return mutation(29, `an application ${title}`, APPLICATION, (draft) =>
    set(draft.apps("alpenkredit", "Application"), `spec/${field}`, value),
  );
}

/** A field that differs: of the customer's file by rule 48, one that no application has by rule 42. */
function declared(title: string, field: string, value: unknown): Mutation {
  const isOfFile = /^(source\/(targetRevision|path|helm$|helm\/(releaseName|valuesObject))|destination)/.test(field);
  return mutation(isOfFile ? 48 : 42, title, APPLICATION, (draft) =>
    set(draft.apps("alpenkredit", "Application"), `spec/${field}`, value),
  );
}

function cluster(title: string, field: string, value: unknown): Mutation {
  return mutation(29, `a registered cluster ${title}`, CLUSTER, (draft) =>
    set(draft.apps("alpenkredit", "Secret"), `stringData/${field}`, value),
  );
}

function inert(title: string, field: string, value: unknown): Mutation {
  return mutation(30, `a project default that allows ${title}`, DEFAULT, (draft) =>
    set(draft.object("platform", "AppProject", "default"), `spec/${field}`, value),
  );
}

function pipelineJob(title: string, purpose: "review" | "deploy" | "drift", name: string, change: Fields): Mutation {
  return mutation(37, title, `pipeline of ${purpose} ${name}`, (draft) => {
    const pipeline = pipelineOf(draft);
    const child = changed(pipeline.children[purpose] ?? {}, name, change);
    draft.trials = { ...draft.trials, pipeline: { ...pipeline, children: { ...pipeline.children, [purpose]: child } } };
  });
}

function mainJob(title: string, name: string, change: Fields): Mutation {
  return mutation(37, title, `.gitlab-ci.yml ${name}`, (draft) => changeMain(draft, name, change));
}

function changeMain(draft: Draft, name: string, change: Fields): void {
  const pipeline = pipelineOf(draft);
  draft.trials = { ...draft.trials, pipeline: { ...pipeline, main: changed(pipeline.main, name, change) } };
}

function changed(pipeline: Fields, name: string, change: Fields): Fields {
  return { ...pipeline, [name]: { ...(pipeline[name] as object), ...change } };
}
