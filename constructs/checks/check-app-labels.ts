import type { DeployedApp } from "../definition/applications.ts";
import { type Problem, received } from "../definition/problem.ts";
import { DNS_LABEL, isDnsLabel, isLabelKey, isLabelValue } from "../kubernetes/names.ts";

/** The labels that select an application's pods, and the container to enter. `property` names the application in messages. */
export function checkAppLabels(app: DeployedApp, property: string): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (at: string, value: unknown, rule: string, fix: string): void => {
    problems.push({ property: `${property}.${at}`, received: received(value), rule, fix });
  };
  const labels = Object.entries(app.labels);
  if (labels.length === 0) {
    const rule = "at least one label: without one any pod of the namespace could be entered, even a Spark driver";
    add(
      "labels",
      app.labels,
      rule,
      'write for instance deployedApp({ labels: { "app.kubernetes.io/name": "pricing-engine" } })',
    );
  }
  for (const [key, value] of labels) {
    const at = `labels[${received(key)}]`;
    if (!isLabelKey(key)) {
      const rule =
        "a label's key: letters, digits, dashes, dots and underscores, at most 63, optionally with a domain and a slash before them";
      add(at, key, rule, 'write for instance "app.kubernetes.io/name"');
    }
    if (!isLabelValue(value)) {
      const rule =
        "a label's value: letters, digits and inner dashes, dots and underscores, at most 63: no pod can have another";
      add(at, value, rule, 'write what the pods have, for instance "pricing-engine"');
    }
  }
  if (app.container !== undefined && !isDnsLabel(app.container)) {
    add(
      "container",
      app.container,
      `a container's name: ${DNS_LABEL}`,
      'write what the pods have, for instance "pricing", or leave it out for the first',
    );
  }
  return problems;
}
