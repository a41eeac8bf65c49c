import { ARGOCD_NAMESPACE } from "../../../constructs/apps/argo-cd.ts";
import { DEFAULT_PROJECT } from "../../../constructs/platform/default-project.ts";
import { type ArgoCdView, type ProjectView, readArgoCd, showTarget, type Target } from "../../apps/argo-cd-view.ts";
import { isPattern, mayMean } from "../../apps/glob.ts";
import { fieldsList, list } from "../../model/fields.ts";
import type { Inspection, Rule } from "../rule.ts";

export const distinctProjects: Rule = {
  number: 30,
  name: "distinct-projects",
  info: "Two projects of Argo CD share a destination, or the project default allows something.",
  explanation:
    "Two customers whose projects reach one namespace deploy over each other. And Argo CD makes a project default that allows everything wherever there is none; an Application of that project then goes anywhere, whatever the customers' own projects allow. So the platform declares it, with no repository and no destination.",
  unit: "projects",
  check(view, inspection) {
    const argoCd = readArgoCd(view);
    inspection.examine();
    checkDefault(argoCd, view.central.argoCd, inspection);
    checkPairs(argoCd, inspection);
  },
};

function checkDefault({ projects }: ArgoCdView, hasArgoCd: boolean, inspection: Inspection): void {
  const inert = projects.filter(({ manifest }) => manifest.metadata.name === DEFAULT_PROJECT);
  if (inert.length === 0 && (hasArgoCd || projects.length > 0)) {
    inspection.report(
      `AppProject ${ARGOCD_NAMESPACE}/${DEFAULT_PROJECT}`,
      "is not declared, so Argo CD makes it, and it allows everything",
      "declare it in the platform, with empty sourceRepos and destinations",
    );
  }
  for (const { object, repositories, targets, spec } of inert) {
    const allows = [
      ...repositories.map((repository) => `repository ${repository}`),
      ...targets.map(showTarget),
      ...list(spec.sourceNamespaces).map((namespace) => `Applications of namespace ${namespace}`),
      ...[spec.clusterResourceWhitelist, spec.namespaceResourceWhitelist]
        .flatMap(fieldsList)
        .map(({ group, kind }) => `${group}/${kind}`),
    ];
    if (allows.length > 0) {
      inspection.report(object, `allows ${allows.join(", ")}`, "leave it empty: every customer has a project");
    }
  }
}

/** Exact destinations are compared by their text, so that a thousand projects take a thousand steps. */
function checkPairs({ projects }: ArgoCdView, inspection: Inspection): void {
  const exact = new Map<string, ProjectView>();
  const wide: ProjectView[] = [];
  for (const project of projects) {
    inspection.examine();
    for (const target of project.targets) {
      const key = JSON.stringify([target.server, target.name, target.namespace]);
      const other = exact.get(key);
      if (other !== undefined && other !== project) {
        report(inspection, project, other, target);
      }
      exact.set(key, other ?? project);
    }
    if (project.targets.some(isWide)) {
      wide.push(project);
    }
  }
  for (const project of wide) {
    const others = projects.filter((other) => other !== project);
    const shared = others.find((other) =>
      other.targets.some((target) => project.targets.some((own) => isWide(own) && overlaps(own, target))),
    );
    if (shared !== undefined) {
      report(inspection, project, shared, project.targets.find(isWide) ?? shared.targets[0]);
    }
  }
}

function isWide({ server, name, namespace }: Target): boolean {
  return namespace === undefined || [server ?? "", name ?? "", namespace].some(isPattern);
}

function overlaps(wide: Target, other: Target): boolean {
  const meets = (a: string | undefined, b: string | undefined): boolean =>
    a === undefined || b === undefined || mayMean(a, b) || mayMean(b, a);
  return meets(wide.server ?? wide.name, other.server ?? other.name) && meets(wide.namespace, other.namespace);
}

function report(inspection: Inspection, project: ProjectView, other: ProjectView, target: Target | undefined): void {
  inspection.report(
    project.object,
    `shares ${target === undefined ? "a destination" : showTarget(target)} with ${other.object}`,
    "give each customer a namespace and a cluster of its own in its project",
  );
}
