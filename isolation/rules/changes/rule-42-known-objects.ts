import { laneNamespace } from "../../../constructs/definition/central-cluster.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { NIGHTLY, pipelineOfSchedule } from "../../../runs/night-series.ts";
import { fieldValues } from "../../known/field-paths.ts";
import { KNOWN_OBJECTS, type KnownKind, type Place } from "../../known/known.ts";
import { customerSideName, objectName } from "../../model/object-name.ts";
import type { Inspection, Rule } from "../rule.ts";

const ACCEPT =
  "remove it; where it is needed, say in a rule why it opens no way, run `npx tsx test/support/write-known-objects.ts` and have the difference reviewed";

export const knownObjects: Rule = {
  number: 42,
  name: "known-objects",
  info: "There is an object, a field or a value that nobody has read and found harmless.",
  explanation:
    "Rules look for what they know. An APIService, an Ingress, an endpoint without a selector, a finalizer, a field of a later version of Kubernetes are ways that no rule was written for. So what the platform, a lane, Argo CD's part and the customer's side consist of is a closed list (isolation/known/objects.json): kinds, names, fields, and the values of switches and of whatever names accounts, files and rights. What is not in it is a finding, whatever it does. Contents of templates are for rule 45, policies for rule 41.",
  unit: "objects",
  check(view, inspection) {
    for (const manifest of view.platform) {
      checkObject("platform", "", manifest, objectName(manifest), inspection);
    }
    checkDemanded("platform", "", view.platform, inspection);
    for (const { name, lane, apps, customerSide, deployer } of view.customers) {
      for (const manifest of lane) {
        checkObject("lane", name, manifest, objectName(manifest), inspection);
        if (manifest.kind !== "Namespace" && manifest.metadata.namespace !== laneNamespace(name)) {
          inspection.report(objectName(manifest), "is in no lane, or in another", "write it into the lane's namespace");
        }
      }
      for (const manifest of apps) {
        checkObject("apps", name, manifest, objectName(manifest), inspection);
      }
      for (const manifest of deployer) {
        checkObject("deployer", name, manifest, objectName(manifest), inspection);
      }
      for (const manifest of customerSide) {
        checkObject("customer-side", name, manifest, customerSideName(name, manifest), inspection);
      }
      for (const [place, manifests] of Object.entries({ lane, apps, deployer, "customer-side": customerSide })) {
        checkDemanded(place as Exclude<Place, "platform">, name, manifests, inspection);
      }
    }
  },
};

function checkObject(place: Place, customer: string, manifest: Manifest, object: string, inspection: Inspection): void {
  inspection.examine();
  const known = KNOWN_OBJECTS[place][`${manifest.apiVersion} ${manifest.kind}`];
  if (known === undefined) {
    inspection.report(object, `${manifest.apiVersion} ${manifest.kind} is no kind that belongs here`, ACCEPT);
    return;
  }
  if (!isKnownName(known, manifest, customer)) {
    inspection.report(object, `no ${manifest.kind} of this name belongs here`, ACCEPT);
  }
  const values = fieldValues(manifest);
  const unknown = new Set(
    values.flatMap(({ path, value }) => {
      const allowed = known.fields[path];
      if (allowed === undefined) {
        return [`${path} is no field that was read`];
      }
      return allowed === null || allowed.includes(value) ? [] : [`${path} is ${value}`];
    }),
  );
  for (const message of unknown) {
    inspection.report(object, message, ACCEPT);
  }
  const here = new Set(values.map(({ path }) => path));
  for (const path of known.always.filter((each) => !here.has(each))) {
    inspection.report(object, `lacks ${path}`, "write it; all others of its kind have it");
  }
}

/** What is always there, wherever its place is at hand: without its reaper a lane keeps what nobody looks after any more. */
function checkDemanded(place: Place, customer: string, manifests: readonly Manifest[], inspection: Inspection): void {
  if (manifests.length === 0) {
    return;
  }
  const here = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const kind = `${manifest.apiVersion} ${manifest.kind}`;
    here.set(kind, [...(here.get(kind) ?? []), manifest]);
  }
  for (const [kind, { demanded }] of Object.entries(KNOWN_OBJECTS[place])) {
    for (const name of demanded) {
      if (here.get(kind)?.some((manifest) => isName(name, manifest, customer)) !== true) {
        const object = `${kind.split(" ")[1]} ${name.replaceAll("*", customer)}`;
        inspection.report(
          customer === "" ? object : `${object} of ${customer}`,
          "is not there",
          "write it; it is always there",
        );
      }
    }
  }
}

function isKnownName({ names }: KnownKind, manifest: Manifest, customer: string): boolean {
  return names.some((each) => isName(each, manifest, customer));
}

/** A name as it stands, as the customer's (`*`), of further nights (`night-<name>`), or with the hash of a content (`#`). */
function isName(each: string, manifest: Manifest, customer: string): boolean {
  const { name, namespace } = manifest.metadata;
  const general = withoutPipeline(manifest);
  return (
    // The namespace in the customer's cluster has the name that its file gives it.
    each === "(theirs)" ||
    (each === "*.*" && name.startsWith(`${customer}.`)) ||
    each.replaceAll("*", customer) === general ||
    each === `${namespace}/${name}` ||
    (each.endsWith("-#") &&
      general.startsWith(each.slice(0, -1)) &&
      /^[0-9a-f]{10}$/.test(general.slice(each.length - 1)))
  );
}

/** The name of a schedule or template of further nights with `<name>` in the place of theirs, which a customer chooses. */
export function withoutPipeline({ kind, metadata: { name } }: Pick<Manifest, "kind" | "metadata">): string {
  const hash = kind === "WorkflowTemplate" ? (/-[0-9a-f]{10}$/.exec(name)?.[0] ?? "") : "";
  const pipeline = pipelineOfSchedule(name.slice(0, name.length - hash.length)) ?? NIGHTLY;
  return pipeline === NIGHTLY ? name : `${NIGHTLY}-<name>${hash}`;
}
