import { laneNamespace } from "../../../runs/lane-namespace.ts";
import type { EstateView } from "../../model/view.ts";
import type { Inspection, Rule } from "../rule.ts";

/** Longest name of a namespace, a DNS label. */
const NAMESPACE_LIMIT = 63;

export const distinctNamespaces: Rule = {
  number: 9,
  name: "distinct-namespaces",
  info: "Two customers normalise, truncate or prefix to one namespace, or a lane is not in the namespace of its customer's whole name.",
  explanation:
    "Names pass through tools that fold case, replace characters, cut at a limit, or add a prefix that is already there. Two customers that become one name anywhere share what is kept under it. A name that is another's with a dash and more (nord, nord-leasing) is refused too: a name built of parts, or an environment scope with a wildcard, cannot distinguish them.",
  unit: "customers",
  check(view, inspection) {
    const byForm = new Map<string, string>();
    for (const { name } of view.customers) {
      inspection.examine();
      for (const form of forms(name)) {
        const other = byForm.get(form);
        if (other !== undefined && other !== name) {
          report(inspection, name, `becomes the same namespace, ${form}, as customer ${other}`);
        }
        byForm.set(form, other ?? name);
      }
      checkPrefixes(view, name, inspection);
      checkDeclared(view, name, inspection);
    }
  },
};

/** What a name becomes in less exact tools. */
function forms(name: string): ReadonlySet<string> {
  const namespace = laneNamespace(name);
  const normalised = namespace
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/^-|-$/g, "");
  const prefix = laneNamespace("");
  const prefixedOnce = normalised.replaceAll(prefix, "");
  return new Set([normalised.slice(0, NAMESPACE_LIMIT), laneNamespace(prefixedOnce).slice(0, NAMESPACE_LIMIT)]);
}

function checkPrefixes(view: EstateView, name: string, inspection: Inspection): void {
  for (let dash = name.indexOf("-"); dash > 0; dash = name.indexOf("-", dash + 1)) {
    const shorter = name.slice(0, dash);
    if (view.laneByName.has(shorter)) {
      report(inspection, name, `begins with the whole name of customer ${shorter}`);
    }
  }
}

function checkDeclared(view: EstateView, name: string, inspection: Inspection): void {
  const expected = laneNamespace(name);
  if (expected.length > NAMESPACE_LIMIT) {
    report(
      inspection,
      name,
      `needs a namespace of ${expected.length} characters, of which ${NAMESPACE_LIMIT} would be left`,
    );
  }
  if (view.platformNamespaces.has(expected)) {
    report(inspection, name, `has a lane in ${expected}, a namespace of the platform`);
  }
  const declared = (view.laneByName.get(name)?.lane ?? []).filter(({ kind }) => kind === "Namespace");
  const names = declared.map(({ metadata }) => metadata.name);
  if (names.length !== 1 || names[0] !== expected) {
    report(inspection, name, `declares namespace ${names.join(", ") || "(none)"} instead of ${expected}`);
  }
}

function report(inspection: Inspection, name: string, message: string): void {
  inspection.report(`customers/${name}.ts`, message, "give the customer a name that no other's can be mistaken for");
}
