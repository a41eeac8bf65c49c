import { ALLOWED_KINDS } from "../../../constructs/apps/allowed-kinds.ts";
import { ARGOCD_NAMESPACE, clusterSecretName, projectName } from "../../../constructs/apps/argo-cd.ts";
import { type ArgoCdView, readArgoCd, serversOf, showTarget, type Target } from "../../apps/argo-cd-view.ts";
import { isPattern } from "../../apps/glob.ts";
import type { CustomerLane } from "../../model/estate.ts";
import { fields, fieldsList, list, strings, text } from "../../model/fields.ts";
import type { EstateView } from "../../model/view.ts";
import type { Inspection, Rule } from "../rule.ts";

export const appProjects: Rule = {
  number: 29,
  name: "app-projects",
  info: "What Argo CD may deploy for a customer is wider than that customer's repositories, cluster, namespace and kinds of applications.",
  explanation:
    "Argo CD holds a credential for every customer's cluster, and a project is all that keeps one customer's repository out of another's cluster. So a project names its repositories and its one destination exactly, takes no object of a whole cluster, of a namespace's only what applications consist of (never RBAC, quotas, network policies or Secrets), and no Application from another namespace. The cluster is registered for that project alone, with the one namespace. Whether Argo CD keeps to it is tested with the real one.",
  unit: "customers, projects, applications and registered clusters",
  check(view, inspection) {
    const argoCd = readArgoCd(view);
    for (const lane of view.customers) {
      inspection.examine();
      checkProject(lane, argoCd, inspection);
      checkApplications(lane, argoCd, inspection);
      checkRegistration(lane, argoCd, inspection);
    }
    checkPlatform(view, argoCd, inspection);
  },
};

const FIX = "leave it as the library writes it: apps in the customer's file set all that may differ";

/** What an application consists of, as `group/kind`. */
const ALLOWED = new Set(ALLOWED_KINDS.map(({ group, kind }) => `${group}/${kind}`));

function checkProject(lane: CustomerLane, argoCd: ArgoCdView, inspection: Inspection): void {
  const projects = argoCd.projects.filter(({ owner }) => owner === lane.name);
  const hasApplications = argoCd.applications.some(({ owner }) => owner === lane.name);
  if (projects.length > 1 || (projects.length === 0 && hasApplications)) {
    const object = projects[1]?.object ?? `AppProject ${ARGOCD_NAMESPACE}/${projectName(lane.name)}`;
    inspection.report(object, `${lane.name} has ${projects.length} projects`, "declare one project per customer");
  }
  for (const { object, manifest, spec, repositories, targets } of projects) {
    inspection.examine();
    const report = (message: string): void => inspection.report(object, message, FIX);
    if (manifest.metadata.name !== projectName(lane.name) || manifest.metadata.namespace !== ARGOCD_NAMESPACE) {
      report(`is not ${ARGOCD_NAMESPACE}/${projectName(lane.name)}`);
    }
    for (const repository of repositories.filter(isPattern)) {
      report(`allows every repository that ${repository} means`);
    }
    const [target, ...more] = targets;
    if (target === undefined || more.length > 0 || !isOwn(target, lane)) {
      report(`allows ${targets.map(showTarget).join(", ") || "no destination"}, not exactly its customer's namespace`);
    }
    checkKinds(spec, report);
    if (list(spec.sourceNamespaces).length > 0) {
      report("takes Applications from other namespaces than Argo CD's");
    }
    if (spec.permitOnlyProjectScopedClusters !== true) {
      report("may use clusters that are registered for others");
    }
    if (list(spec.roles).length > 0) {
      report("has roles, whose tokens act past the customer's file");
    }
  }
}

function checkKinds(spec: ReturnType<typeof fields>, report: (message: string) => void): void {
  if (list(spec.clusterResourceWhitelist).length > 0) {
    report("allows objects of the whole cluster");
  }
  const allowed = Array.isArray(spec.namespaceResourceWhitelist)
    ? fieldsList(spec.namespaceResourceWhitelist).map(({ group, kind }) => `${group}/${kind}`)
    : undefined;
  const beyond = allowed?.filter((kind) => !ALLOWED.has(kind));
  if (beyond === undefined) {
    report("allows every kind of a namespace, since it lists none");
  } else if (beyond.length > 0) {
    report(`allows ${beyond.join(", ")}, which no application consists of`);
  }
}

function checkApplications(lane: CustomerLane, argoCd: ArgoCdView, inspection: Inspection): void {
  const own = argoCd.projects.find(({ owner }) => owner === lane.name);
  for (const { object, manifest, owner, project, repositories, target, spec } of argoCd.applications) {
    if (owner !== lane.name) {
      continue;
    }
    inspection.examine();
    const report = (message: string): void => inspection.report(object, message, FIX);
    if (manifest.metadata.namespace !== ARGOCD_NAMESPACE) {
      report(`is outside ${ARGOCD_NAMESPACE}`);
    }
    if (project !== projectName(lane.name)) {
      report(`is of project ${project ?? "(none)"}, not its customer's`);
    }
    if (!isOwn(target, lane)) {
      report(`goes to ${showTarget(target)}, not its customer's namespace`);
    }
    const foreign = repositories.filter((repository) => own?.repositories.includes(repository) !== true);
    if (foreign.length > 0 || repositories.length === 0) {
      report(`comes from ${foreign.join(", ") || "nowhere"}, which its project does not allow`);
    }
    const { syncOptions, retry } = fields(spec.syncPolicy);
    if (strings(syncOptions).includes("CreateNamespace=true")) {
      report("makes namespaces in the customer's cluster");
    }
    const limit = fields(retry).limit;
    if (typeof limit !== "number" || limit < 0 || limit > 3) {
      report(`tries a failed sync ${String(limit ?? "five")} times again, and keeps a fixed commit waiting meanwhile`);
    }
  }
}

function checkRegistration(lane: CustomerLane, argoCd: ArgoCdView, inspection: Inspection): void {
  const clusters = argoCd.clusters.filter(({ owner }) => owner === lane.name);
  for (const { object, manifest, data } of clusters) {
    inspection.examine();
    const report = (message: string): void => inspection.report(object, message, FIX);
    if (manifest.metadata.name !== clusterSecretName(lane.name)) {
      report(`is not ${clusterSecretName(lane.name)}`);
    }
    if (data.name !== lane.name) {
      report(`is called ${text(data.name) ?? "nothing"}, not by its customer's name`);
    }
    if (data.project !== projectName(lane.name)) {
      report(`serves project ${text(data.project) ?? "(any)"}, not its customer's alone`);
    }
    if (data.clusterResources !== "false") {
      report("lets Argo CD see and write objects of the whole cluster");
    }
    if (lane.endpoint !== undefined && data.namespaces !== lane.endpoint.namespace) {
      report(`is for namespaces ${text(data.namespaces) ?? "(all)"}, not ${lane.endpoint.namespace} alone`);
    }
    if (lane.endpoint !== undefined && !serversOf(lane).includes(text(data.server) ?? "")) {
      report(`is the server ${text(data.server) ?? "(none)"}, not its customer's`);
    }
  }
}

/**
 * The platform deploys nothing by Argo CD: such an application would not be a customer's, and so within nobody's
 * limits.
 */
function checkPlatform(view: EstateView, argoCd: ArgoCdView, inspection: Inspection): void {
  for (const { object, owner } of [...argoCd.applications, ...argoCd.clusters]) {
    if (!view.laneByName.has(owner)) {
      inspection.examine();
      inspection.report(object, "is not a customer's", "declare it in a customer's file, or remove it");
    }
  }
}

function isOwn({ server, namespace, name }: Target, lane: CustomerLane): boolean {
  return (
    name === undefined &&
    server !== undefined &&
    (lane.endpoint === undefined || (serversOf(lane).includes(server) && namespace === lane.endpoint.namespace))
  );
}
