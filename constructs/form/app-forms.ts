import { isObject } from "../../runs/json.ts";
import type { HelmApp } from "../apps/helm-app.ts";
import type { DeployedApp } from "../definition/applications.ts";
import { type Fields, type Form, named, optional, record, text } from "./form.ts";
import { plainData } from "./plain-data.ts";

const deployedApp: Fields<DeployedApp> = {
  labels: named(
    text("pricing-engine", "a label's value"),
    "labels by their key",
    '{ "app.kubernetes.io/name": "pricing-engine" }',
  ),
  container: optional(text("pricing", "a container's name")),
};

/** An application that already exists. */
export const deployedAppForm = record<DeployedApp>(
  deployedApp,
  "an application in the customer's cluster",
  'deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } })',
);

/** An application that Argo CD deploys, as steps enter it. */
export const helmAppForm = record<HelmApp>(
  {
    ...deployedApp,
    repository: text("https://git.nightlane.example/apps/pricing.git", "a repository's URL"),
    revision: text("v4.2.1", "a version"),
    chart: text("charts/pricing-engine", "a folder of the repository"),
    values: named(plainData("a chart's values.yaml"), "values of the chart by name", "{ replicas: 2 }"),
  },
  "an application made by helmApp",
  'helmApp({ repository: "https://...", revision: "v4.2.1", chart: "charts/pricing-engine" })',
);

/** A declared application. One without any property of its chart was made by something else. */
export const madeHelmApp: Form = {
  inspect(value, at, findings) {
    if (isObject(value) && ["repository", "revision", "chart"].every((name) => value[name] === undefined)) {
      const received = "an application without a chart";
      const rule = "an application made by helmApp, which Argo CD deploys";
      const fix = "write helmApp({ repository, revision, chart }), or remove a deployedApp: somebody else deploys it";
      findings.wrong.push({ property: at, received, rule, fix });
    } else {
      helmAppForm.inspect(value, at, findings);
    }
  },
};
