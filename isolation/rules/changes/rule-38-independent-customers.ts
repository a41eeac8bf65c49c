import { ARGOCD_NAMESPACE, applicationName, clusterSecretName, projectName } from "../../../constructs/apps/argo-cd.ts";
import { SYSTEM_NAMESPACE } from "../../../constructs/definition/central-cluster.ts";
import { deployerName } from "../../../constructs/deployer/deployer.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import type { ChangeTrial, CustomerLane } from "../../model/estate.ts";
import { objectName } from "../../model/object-name.ts";
import type { EstateView, OwnedObject } from "../../model/view.ts";
import { scan } from "../../scan/scan.ts";
import type { Inspection, Rule } from "../rule.ts";
import { firstDifference } from "./identical.ts";

/** Kinds whose references to other namespaces have rules of their own: 1 to 4, 19 and 20. */
const READ_ELSEWHERE = new Set(["RoleBinding", "ClusterRoleBinding", "NetworkPolicy"]);

export const independentCustomers: Rule = {
  number: 38,
  name: "independent-customers",
  info: "A change of one customer reaches another's manifests, files or namespace.",
  explanation:
    "A merge request for one customer is reviewed for that customer. So one definition is changed and others are rendered again, which must come out byte for byte the same; a customer's file may import the library and what is in customers/shared/ only, which is all that its evaluation has; a lane's objects are in its own namespace and nowhere else (except for what Argo CD is given, and for the account that deploys it, under the customer's name), name no other lane, and refer to no template that lanes share.",
  unit: "renderings, files and objects",
  check(view, inspection) {
    const { change } = view.trials;
    if (change === undefined) {
      inspection.note("no definition is at hand, so nothing was rendered a second time");
    } else {
      checkRenderings(change, inspection);
    }
    for (const lane of view.customers) {
      checkImports(lane, inspection);
    }
    for (const owned of view.objects) {
      const lane = view.laneByName.get(owned.owner);
      if (lane !== undefined) {
        inspection.examine();
        checkPlace(owned, lane, view, inspection);
      }
    }
  },
};

function checkRenderings({ changed, renderings, others }: ChangeTrial, inspection: Inspection): void {
  if (renderings.length < others) {
    inspection.note(`${renderings.length} of ${others} others were rendered again, spread evenly over all of them`);
  }
  for (const { owner, before, after } of renderings) {
    inspection.examine();
    if (before.length !== after.length) {
      report(inspection, owner, `has ${after.length} objects instead of ${before.length} after a change of ${changed}`);
      continue;
    }
    for (const [index, manifest] of before.entries()) {
      const path = firstDifference(manifest, after[index]);
      if (path !== undefined) {
        report(inspection, objectName(manifest), `${path || "the object"} differs after a change of ${changed}`);
      }
    }
  }
}

/**
 * Imports as they are spelled. A file is evaluated where there is nothing else to import; this shows it to a reviewer.
 */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(["'`])([^"'`]+)\1/g;

function checkImports({ name, source }: CustomerLane, inspection: Inspection): void {
  if (source === undefined) {
    return;
  }
  inspection.examine();
  for (const [, , module = ""] of source.matchAll(IMPORT)) {
    const isOwn = module === `./${name}.pem`;
    if (!isOwn && !/(?:^|\/)constructs\/index\.ts$|^\.\/shared\/[\w-]+\.ts$/.test(module)) {
      const fix = `import from ../constructs/index.ts, ./shared/ and ./${name}.pem only`;
      report(inspection, `customers/${name}.ts`, `imports ${module}`, fix);
    }
  }
}

function checkPlace(
  { manifest, object }: OwnedObject,
  lane: CustomerLane,
  view: EstateView,
  inspection: Inspection,
): void {
  const { kind, metadata } = manifest;
  const isOwnNamespace = kind === "Namespace" && metadata.name === lane.namespace;
  // A Namespace of another name is rule 9's, a cluster-wide binding rule 3's.
  const spokenOf = kind === "Namespace" || kind === "ClusterRoleBinding";
  if (
    metadata.namespace !== lane.namespace &&
    !isOwnNamespace &&
    !spokenOf &&
    !isForArgoCd(manifest, lane.name) &&
    !isOfDeployer(manifest, lane.name)
  ) {
    report(inspection, object, `belongs to ${lane.name} and is outside ${lane.namespace}`);
  }
  const { namespaces, sharedTemplates } = scan(manifest);
  for (const path of sharedTemplates) {
    report(inspection, object, `${path} refers to a template that lanes share`);
  }
  if (READ_ELSEWHERE.has(kind)) {
    return;
  }
  for (const [namespace, path] of namespaces) {
    const other = view.laneByNamespace.get(namespace);
    if (other !== undefined && other !== lane) {
      report(inspection, object, `${path} names ${namespace}, the lane of ${other.name}`);
    }
  }
}

/** What Argo CD is given is in its namespace, under the customer's name; rule 29 judges its content. */
function isForArgoCd({ kind, metadata }: Manifest, customer: string): boolean {
  const names: Readonly<Record<string, string>> = {
    AppProject: projectName(customer),
    Application: metadata.name.startsWith(applicationName(customer, "")) ? metadata.name : "",
    Secret: clusterSecretName(customer),
  };
  return metadata.namespace === ARGOCD_NAMESPACE && names[kind] === metadata.name;
}

/** The deployer's account and its rights outside of the lane go by its name; rule 1 judges them. */
function isOfDeployer({ kind, metadata }: Manifest, customer: string): boolean {
  const name = deployerName(customer);
  return (
    (kind === "ClusterRole" && metadata.name === `nightlane-${name}`) ||
    (["ServiceAccount", "Role", "RoleBinding"].includes(kind) &&
      [SYSTEM_NAMESPACE, ARGOCD_NAMESPACE].includes(metadata.namespace ?? "") &&
      metadata.name === name)
  );
}

function report(
  inspection: Inspection,
  object: string,
  message: string,
  fix = "a customer's objects follow from its own file and the library alone",
): void {
  inspection.report(object, message, fix);
}
