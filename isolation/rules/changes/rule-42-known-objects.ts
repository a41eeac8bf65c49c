import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { laneNamespace } from "../../../runs/lane-namespace.ts";
import { CUSTOMER_LABEL } from "../../../runs/run-record.ts";
import { fieldValues } from "../../known/field-paths.ts";
import { HAVE_IT_REVIEWED, KNOWN_OBJECTS, type KnownObject, type Place } from "../../known/known.ts";
import { isKnownName } from "../../known/object-names.ts";
import { customerSideName, objectName } from "../../model/object-name.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Whose an object is. */
const CUSTOMER = `metadata.labels.${CUSTOMER_LABEL}`;

export const knownObjects: Rule = {
  number: 42,
  name: "known-objects",
  info: "There is an object, a field or a value that nobody has reviewed and found harmless.",
  explanation:
    "Rules look for what they know. An APIService, an Ingress, an endpoint without a selector, a finalizer, a field of a later version of Kubernetes are ways that no rule was written for. So what the platform, a lane, Argo CD's part and the customer's side consist of is a closed list (isolation/known/objects.json), object by object: its fields, and the values of switches, arguments and of whatever names accounts, files and rights. What is not in it is a finding, whatever it does, and so is what it has and an object lacks: without a variable the controller uses its own default. Contents of templates are for rules 45 and 46, policies for rule 41, alerts for rule 47.",
  unit: "objects",
  check(view, inspection) {
    for (const manifest of view.platform) {
      checkObject("platform", "", manifest, objectName(manifest), inspection);
    }
    checkDemanded("platform", "", view.platform, inspection);
    for (const { name, lane, apps, customerSide, deployer, endpoint } of view.customers) {
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
        checkPlace(manifest, name, endpoint?.namespace, inspection);
      }
      for (const [place, manifests] of Object.entries({ lane, apps, deployer, "customer-side": customerSide })) {
        checkDemanded(place as Exclude<Place, "platform">, name, manifests, inspection);
      }
    }
  },
};

/** In the customer's cluster all is in the one namespace that its file gives. */
function checkPlace(manifest: Manifest, customer: string, namespace: string | undefined, inspection: Inspection): void {
  const { name, namespace: here } = manifest.metadata;
  const [actual, what] = manifest.kind === "Namespace" ? [name, "name"] : [here, "namespace"];
  if (namespace !== undefined && actual !== namespace) {
    inspection.report(customerSideName(customer, manifest), `its ${what} is not ${namespace}`, HAVE_IT_REVIEWED);
  }
}

function checkObject(place: Place, customer: string, manifest: Manifest, object: string, inspection: Inspection): void {
  inspection.examine();
  const kind = KNOWN_OBJECTS[place][`${manifest.apiVersion} ${manifest.kind}`];
  if (kind === undefined) {
    inspection.report(
      object,
      `${manifest.apiVersion} ${manifest.kind} is not a kind that belongs here`,
      HAVE_IT_REVIEWED,
    );
    return;
  }
  const known = Object.entries(kind).find(([name]) => isKnownName(name, manifest, customer))?.[1];
  if (known === undefined) {
    inspection.report(object, `no ${manifest.kind} of this name belongs here`, HAVE_IT_REVIEWED);
    return;
  }
  checkFields(known, manifest, customer, (message) => inspection.report(object, message, HAVE_IT_REVIEWED));
}

function checkFields(
  known: KnownObject,
  manifest: Manifest,
  customer: string,
  report: (message: string) => void,
): void {
  const values = fieldValues(manifest);
  const unknown = values.flatMap(({ path, value }) => {
    const allowed = path === CUSTOMER ? [customer] : known.fields[path];
    if (allowed === undefined) {
      return [`${path} is not a field that was reviewed`];
    }
    return allowed === null || allowed.includes(value) ? [] : [`${path} is ${value}`];
  });
  for (const message of new Set(unknown)) {
    report(message);
  }
  const here = new Set(values.map(({ path }) => path));
  for (const path of Object.keys(known.fields).filter((each) => !here.has(each) && !known.optional.includes(each))) {
    report(`lacks ${path}`);
  }
}

/** What must exist wherever its place does: without its reaper a lane keeps what nobody looks after any more. */
function checkDemanded(place: Place, customer: string, manifests: readonly Manifest[], inspection: Inspection): void {
  if (manifests.length === 0) {
    return;
  }
  const here = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    const kind = `${manifest.apiVersion} ${manifest.kind}`;
    here.set(kind, [...(here.get(kind) ?? []), manifest]);
  }
  for (const [kind, names] of Object.entries(KNOWN_OBJECTS[place])) {
    for (const [name, { demanded }] of Object.entries(names)) {
      if (demanded && here.get(kind)?.some((manifest) => isKnownName(name, manifest, customer)) !== true) {
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
