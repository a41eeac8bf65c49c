import type { CentralCluster } from "../../constructs/definition/central-cluster.ts";
import { centralCluster } from "../../constructs/definition/central-cluster.ts";
import { federated } from "../../constructs/definition/credential-reference.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { fieldValues } from "../../isolation/known/field-paths.ts";
import { guardParts } from "../../isolation/known/guard-parts.ts";
import type { KnownKind, Place } from "../../isolation/known/known.ts";
import { estateOf } from "../../isolation/model/collect.ts";
import type { Estate } from "../../isolation/model/estate.ts";
import { withoutPipeline } from "../../isolation/rules/changes/rule-42-known-objects.ts";

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

/** What the constructs make of all that can be said: the example customers, in a plain central cluster and in the fullest. */
export async function knownFiles(): Promise<{ readonly objects: string; readonly guards: string }> {
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
  const federation = inCentral(FULLEST, () => estateOf([federatedOne]));
  const objects = Object.fromEntries(
    (["platform", "lane", "deployer", "apps", "customer-side"] as const).map((place) => [
      place,
      knownKinds([...manifestsOf(plain, place), ...manifestsOf(full, place), ...manifestsOf(federation, place)]),
    ]),
  );
  const policies = full.platform.filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
  const guards = Object.fromEntries(policies.map((policy) => [policy.metadata.name, guardParts(policy)]));
  return { objects: JSON.stringify(objects, undefined, 2), guards: JSON.stringify(guards, undefined, 2) };
}

/** The settings of the central cluster are one object, which everything reads. */
function inCentral(settings: Partial<CentralCluster>, make: () => Estate): Estate {
  const before = { ...centralCluster };
  Object.assign(centralCluster, settings);
  try {
    return make();
  } finally {
    for (const key of Object.keys(centralCluster)) {
      Reflect.deleteProperty(centralCluster, key);
    }
    Object.assign(centralCluster, before);
  }
}

interface Owned {
  readonly customer: string;
  readonly manifest: Manifest;
}

function manifestsOf(estate: Estate, place: Place): readonly Owned[] {
  if (place === "platform") {
    return estate.platform.map((manifest) => ({ customer: "", manifest }));
  }
  const part = place === "customer-side" ? "customerSide" : place;
  return estate.customers.flatMap((lane) => lane[part].map((manifest) => ({ customer: lane.name, manifest })));
}

function knownKinds(all: readonly Owned[]): Readonly<Record<string, KnownKind>> {
  const names = new Map<string, Set<string>>();
  const always = new Map<string, Set<string>>();
  const fields = new Map<string, Map<string, Set<string> | undefined>>();
  for (const { customer, manifest } of all) {
    const kind = `${manifest.apiVersion} ${manifest.kind}`;
    names.set(kind, (names.get(kind) ?? new Set()).add(generalName(manifest, customer)));
    const known = fields.get(kind) ?? new Map<string, Set<string> | undefined>();
    fields.set(kind, known);
    for (const { path, value } of fieldValues(manifest)) {
      const values = known.has(path) ? known.get(path) : new Set<string>();
      known.set(path, isClosed(path, value) ? values?.add(value) : undefined);
    }
    const here = new Set(
      fieldValues(manifest)
        .map(({ path }) => path)
        .filter((path) => !path.includes("[]")),
    );
    const before = always.get(kind) ?? here;
    always.set(kind, new Set([...before].filter((path) => here.has(path))));
  }
  return Object.fromEntries(
    [...names].sort(byKey).map(([kind, set]) => [
      kind,
      {
        names: [...set].sort(),
        always: [...(always.get(kind) ?? [])].sort(),
        fields: Object.fromEntries(
          [...(fields.get(kind) ?? [])].sort(byKey).map(([path, values]) => [path, values ? [...values].sort() : null]),
        ),
      },
    ]),
  );
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
  return customer === "" ? general : general.replaceAll(customer, "*").replace(/^\*\..*$/, "*.*");
}

/** Fields whose values are a choice of ours: switches, words of the API, and whose rights, accounts and files they are. */
function isClosed(path: string, value: string): boolean {
  // Whom a binding names is for rules 1 and 2.
  if (path.startsWith("subjects[]")) {
    return false;
  }
  if (/^(true|false)$/.test(value)) {
    return true;
  }
  if (/customer-|@sha256:|^\(open\)$|\d+\.\d+\.\d+\.\d+|nordbank|alpenkredit|^Applications of/.test(value)) {
    return false;
  }
  return (
    /^[A-Z][A-Za-z]+$/.test(value) ||
    /(^|[.\]])(secretName|serviceAccountName|mountPath|operator|key|apiGroup|apiGroups\[\]|resources\[\]|verbs\[\]|kind|type|command\[\]|policyName|parameterNotFoundAction|scope|medium)$/.test(
      path,
    ) ||
    /^metadata\.labels\.(pod-security|app)\.kubernetes\.io\/|^roleRef\.|env\[\]\.name$|volumes\[\]\.name$|volumeMounts\[\]\.name$|restrictedFields/.test(
      path,
    )
  );
}
