import { type ProjectView, readArgoCd, serversOf, showTarget, type Target } from "../apps/argo-cd-view.ts";
import { isPattern } from "../apps/glob.ts";
import { PLATFORM } from "../model/estate.ts";
import { type Fields, fieldsList, text } from "../model/fields.ts";
import type { EstateView } from "../model/view.ts";
import type { AccessFact } from "./fact.ts";

/** What Argo CD may put where according to the projects, and what they refuse. */
export function appFacts(view: EstateView): readonly AccessFact[] {
  return readArgoCd(view).projects.flatMap((project) => [
    ...sourceFacts(project),
    ...project.targets.map((target) => targetFact(view, project, target)),
    ...kindFacts(project),
  ]);
}

/** Applications of a project that is not a customer's go by its name. */
function whose({ owner, manifest }: ProjectView): string {
  return owner === PLATFORM ? `applications of project ${manifest.metadata.name}` : "its applications";
}

function sourceFacts(project: ProjectView): readonly AccessFact[] {
  const { owner, object, repositories } = project;
  const base = { owner, kind: "app", object } as const;
  const own = repositories.filter((repository) => !isPattern(repository));
  return [
    ...repositories
      .filter(isPattern)
      .map((pattern): AccessFact => ({ ...base, text: `${whose(project)} may come from every repository ${pattern}` })),
    ...(own.length === 0
      ? []
      : [{ ...base, text: `${whose(project)} may come from its own repositories`, value: own.join(", ") }]),
  ];
}

/** The address of a customer's own API server may change and mean the same. */
function targetFact(view: EstateView, project: ProjectView, target: Target): AccessFact {
  const { owner, object } = project;
  const lane = view.laneByName.get(owner);
  const isOwn =
    lane?.endpoint !== undefined &&
    target.server !== undefined &&
    serversOf(lane).includes(target.server) &&
    target.namespace === lane.endpoint.namespace;
  const where = isOwn ? "the customer's namespace of its own cluster" : showTarget(target);
  return { owner, kind: "app", text: `${whose(project)} may go to ${where}`, object };
}

function kindFacts(project: ProjectView): readonly AccessFact[] {
  const { owner, object, spec } = project;
  const may = (property: string, where: string): readonly AccessFact[] =>
    fieldsList(spec[property]).map((kind) => ({
      owner,
      kind: "app",
      text: `${whose(project)} may have ${showKind(kind)} ${where}`,
      object,
    }));
  const refuses = (property: string, where: string): readonly AccessFact[] =>
    fieldsList(spec[property]).map((kind) => ({
      owner,
      kind: "guard",
      text: `${whose(project)} are refused ${showKind(kind)} ${where}`,
      object,
    }));
  const scoped = "clusters registered for another project are refused";
  return [
    ...may("clusterResourceWhitelist", "of the whole cluster"),
    ...may("namespaceResourceWhitelist", "in their namespace"),
    ...refuses("clusterResourceBlacklist", "of the whole cluster"),
    ...refuses("namespaceResourceBlacklist", "in their namespace"),
    ...(spec.permitOnlyProjectScopedClusters === true
      ? [{ owner, kind: "guard", text: `${whose(project)}: ${scoped}`, object } as const]
      : []),
  ];
}

function showKind({ group, kind }: Fields): string {
  const [apiGroup, name] = [text(group) ?? "", text(kind) ?? "*"];
  return name === "*" ? `every kind of group ${apiGroup || "core"}` : apiGroup === "" ? name : `${name} of ${apiGroup}`;
}
