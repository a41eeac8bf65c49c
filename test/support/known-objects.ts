import { centralCluster } from "../../constructs/checks/read-central.ts";
import type { CentralCluster } from "../../constructs/definition/central-cluster.ts";
import { federated } from "../../constructs/definition/credential-reference.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { fieldValues } from "../../isolation/known/field-paths.ts";
import { GUARDS, guardParts } from "../../isolation/known/guard-parts.ts";
import type { KnownKind, KnownObject, Place } from "../../isolation/known/known.ts";
import { withoutPipeline } from "../../isolation/known/object-names.ts";
import { estateOf } from "../../isolation/model/collect.ts";
import type { Estate } from "../../isolation/model/estate.ts";
import { knownTemplates } from "./known-templates.ts";
import { customerOfEveryStep } from "./step-documents.ts";

/** A central cluster with everything that can be declared. */
const FULLEST: Partial<CentralCluster> = {
  argoCd: true,
  issuer: { url: "https://tokens.example" },
  monitoring: { namespace: "monitoring", prometheusOperator: true },
  webhook: { host: "hooks.example", addresses: ["198.51.100.1"], port: 443 },
  alertmanagers: [
    { url: "https://alerts.example:9093", addresses: ["198.51.100.2"] },
    { url: "http://alertmanager.monitoring:9093", namespace: "monitoring" },
  ],
  runbook: "https://runbook.example",
};

/** The files of `isolation/known/`, by name. */
export type KnownFiles = Readonly<Record<"objects" | "guards" | "templates", string>>;

/**
 * What the constructs make of everything that can be declared: the example customers, in a plain central cluster and in
 * the fullest.
 */
export async function knownFiles(): Promise<KnownFiles> {
  const nordbank = await loadCustomer("nordbank");
  const alpenkredit = await loadCustomer("alpenkredit");
  const fuller: CustomerDefinition = {
    ...alpenkredit,
    lane: { ...alpenkredit.lane, resultsStorageClass: "fast" },
    workflow: { ...alpenkredit.workflow, startBy: "21:45", inputsBy: "23:30" },
    furtherNights: { "month-end": alpenkredit.workflow },
  };
  const sides: CustomerDefinition = { ...nordbank, cluster: { ...nordbank.cluster, resultsStorageClass: "fast" } };
  const plain = estateOf([nordbank, alpenkredit]);
  const federatedOne: CustomerDefinition = { ...sides, credentials: { kubeconfig: federated() } };
  const full = inCentral(FULLEST, () => estateOf([sides, fuller]));
  const least = inCentral({ argoCd: false }, () => estateOf([nordbank]));
  const steps = inCentral({ argoCd: false }, () => estateOf([customerOfEveryStep()]));
  const federation = inCentral(FULLEST, () => estateOf([federatedOne]));
  const objects = Object.fromEntries(
    (["platform", "lane", "deployer", "apps", "customer-side"] as const).map((place) => [
      place,
      knownKinds([plain, least, full, federation, steps].flatMap((estate) => manifestsOf(estate, place))),
    ]),
  );
  const guards = Object.fromEntries(
    GUARDS.map((kind) => [
      kind,
      Object.fromEntries(
        full.platform
          .filter((manifest) => manifest.kind === kind)
          .map((guard) => [guard.metadata.name, guardParts(guard)]),
      ),
    ]),
  );
  const everyStep = estateOf([customerOfEveryStep()]);
  const lanes = [plain, full, federation, everyStep].flatMap(({ customers }) => customers);
  return {
    objects: JSON.stringify(objects, undefined, 2),
    guards: JSON.stringify(guards, undefined, 2),
    templates: JSON.stringify(knownTemplates(lanes), undefined, 2),
  };
}

/** What is made in a central cluster with other settings, which are one object that everything reads. */
export function inCentral(settings: Partial<CentralCluster>, make: () => Estate): Estate {
  const before = { ...centralCluster() };
  Object.assign(centralCluster(), settings);
  try {
    return { ...make(), central: { ...centralCluster() } };
  } finally {
    for (const key of Object.keys(centralCluster())) {
      Reflect.deleteProperty(centralCluster(), key);
    }
    Object.assign(centralCluster(), before);
  }
}

/** What one rendering of the platform, or of a customer's part, consists of. */
interface Owned {
  readonly customer: string;
  readonly manifests: readonly Manifest[];
}

/** Parts that a customer need not have are left out where it has none. */
function manifestsOf(estate: Estate, place: Place): readonly Owned[] {
  if (place === "platform") {
    return [{ customer: "", manifests: estate.platform }];
  }
  const part = place === "customer-side" ? "customerSide" : place;
  return estate.customers
    .map((lane) => ({ customer: lane.name, manifests: lane[part] }))
    .filter(({ manifests }) => manifests.length > 0);
}

function knownKinds(owners: readonly Owned[]): Readonly<Record<string, KnownKind>> {
  const kinds = new Map<string, Map<string, Manifest[]>>();
  const renderings = new Map<string, number>();
  for (const { customer, manifests } of owners) {
    const here = new Set<string>();
    for (const manifest of manifests) {
      const kind = `${manifest.apiVersion} ${manifest.kind}`;
      const name = generalName(manifest, customer);
      const names = kinds.get(kind) ?? new Map<string, Manifest[]>();
      kinds.set(kind, names.set(name, [...(names.get(name) ?? []), manifest]));
      here.add(`${kind} ${name}`);
    }
    for (const object of here) {
      renderings.set(object, (renderings.get(object) ?? 0) + 1);
    }
  }
  return sorted(
    [...kinds].map(([kind, names]) => [
      kind,
      sorted(
        [...names].map(([name, manifests]) => [
          name,
          { demanded: renderings.get(`${kind} ${name}`) === owners.length, ...knownFields(manifests) },
        ]),
      ),
    ]),
  );
}

/** The fields that objects of one name have, and which of them not all have. */
function knownFields(manifests: readonly Manifest[]): Pick<KnownObject, "fields" | "optional"> {
  const fields = new Map<string, Set<string> | null>();
  const times = new Map<string, number>();
  for (const values of manifests.map(fieldValues)) {
    for (const { path, value } of values) {
      const known = fields.get(path) ?? (fields.has(path) ? null : new Set<string>());
      fields.set(path, isClosed(path, value) ? (known?.add(value) ?? null) : null);
    }
    for (const path of new Set(values.map(({ path }) => path))) {
      times.set(path, (times.get(path) ?? 0) + 1);
    }
  }
  return {
    fields: sorted([...fields].map(([path, values]) => [path, values === null ? null : [...values].sort()])),
    optional: [...times]
      .filter(([, count]) => count < manifests.length)
      .map(([path]) => path)
      .sort(),
  };
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(byKey));
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function generalName(manifest: Manifest, customer: string): string {
  const { kind, metadata } = manifest;
  const { name } = metadata;
  if (kind === "Namespace" && customer !== "" && !name.endsWith(customer)) {
    return "(theirs)";
  }
  const general = withoutPipeline(manifest).replace(/-[0-9a-f]{10}$/, "-#");
  if (customer !== "") {
    return general.replaceAll(customer, "*").replace(/^\*\..*$/, "*.*");
  }
  return metadata.namespace === undefined ? general : `${metadata.namespace}/${general}`;
}

/** Values that a customer's file or `central.json` sets, or that another rule judges, by the path of their field. */
const OPEN = [
  // Whom a binding names: rules 1 and 2. Where traffic goes: rules 19 and 43. How much: rules 32 and 33.
  /^subjects\[\]/,
  /^spec\.(ingress|egress)\[\].*(\.port|\.cidr|metadata\.name)$/,
  /^spec\.hard\.(?!services|count\/services)|requests\.storage$/,
  // Images and lists of them: rule 39. Which namespaces a policy leaves out: rule 41.
  /\.image$/,
  /^data\.(runner|executor|addresses|server|places)$/,
  /namespaceSelector\.matchExpressions\[\]\.values\[\]$/,
  // A customer's names, addresses, days and applications; who is called, and where the runbook is.
  /^metadata\.annotations\.nightlane\/|^metadata\.labels\.nightlane\/customer$/,
  /^stringData\.(name|namespaces|project|server)$/,
  /^spec\.(description|destinations?|source|sourceRepos|project)\b/,
  /storageClassName$|hostAliases\[\]\.|env\[(ALERTMANAGERS|RUNBOOK)\]\.value$/,
];

/** Fields whose values Nightlane chooses: all but those that are open, and those that name a customer or a place. */
function isClosed(path: string, value: string): boolean {
  return (
    value !== "(open)" &&
    !OPEN.some((each) => each.test(path)) &&
    !/customer-|nordbank|alpenkredit|\d+\.\d+\.\d+\.\d+/.test(value)
  );
}
