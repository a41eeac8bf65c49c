import type { HelmApp } from "../apps/helm-app.ts";
import type { DeployedApp } from "../definition/applications.ts";
import { received } from "../definition/problem.ts";
import { TOLD } from "../definition/told.ts";
import { below, type Fields, type Findings, type Form, named, optional, record, text } from "./form.ts";

const deployedApp: Fields<DeployedApp> = {
  labels: named(
    text("pricing-engine", "a label's value"),
    "labels by their key",
    '{ "app.kubernetes.io/name": "pricing-engine" }',
  ),
  container: optional(text("pricing", "a container's name")),
};

/** An application that is there already. */
export const deployedAppForm = record<DeployedApp>(
  deployedApp,
  "an application in the customer's cluster",
  'deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } })',
);

/** What a chart's values may hold: what JSON can say. */
const chartValue: Form = {
  inspect: (value, at, findings) => inspectValue(value, at, findings, { seen: new Set(), within: new Set() }),
};

/** Objects that were looked at, once each: values that share parts, or hold themselves, have paths without number. */
interface Looked {
  readonly seen: Set<object>;
  /** Of these, the ones that hold what is looked at. */
  readonly within: Set<object>;
}

function inspectValue(value: unknown, at: string, findings: Findings, looked: Looked): void {
  if (value === TOLD) {
    findings.told.push(at);
  } else if (typeof value === "object" && value !== null) {
    inspectParts(value, at, findings, looked);
  } else if (!(typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))) {
    const rule = "a value that a chart's values.yaml can hold: texts, numbers, true, false, lists and objects of them";
    findings.wrong.push({ property: at, received: received(value), rule, fix: "remove it, or write it as a text" });
  }
}

function inspectParts(value: object, at: string, findings: Findings, looked: Looked): void {
  const { seen, within } = looked;
  if (within.has(value)) {
    const rule = "a value of a chart that does not hold itself";
    findings.wrong.push({ property: at, received: "one without an end", rule, fix: "write it out" });
    return;
  }
  if (seen.has(value)) {
    return;
  }
  seen.add(value);
  within.add(value);
  for (const [name, entry] of Object.entries(value)) {
    inspectValue(entry, Array.isArray(value) ? `${at}[${name}]` : below(at, name), findings, looked);
  }
  within.delete(value);
}

/** An application that Argo CD deploys. */
export const helmAppForm = record<HelmApp>(
  {
    ...deployedApp,
    repository: text("https://git.nightlane.example/apps/pricing.git", "a repository's URL"),
    revision: text("v4.2.1", "a version"),
    chart: text("charts/pricing-engine", "a folder of the repository"),
    values: named(chartValue, "values of the chart by name", "{ replicas: 2 }"),
  },
  "an application made by helmApp",
  'helmApp({ repository: "https://...", revision: "v4.2.1", chart: "charts/pricing-engine" })',
);
