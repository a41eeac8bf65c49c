import type { CentralCluster } from "../../../constructs/definition/central-cluster.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { RUNBOOK } from "../../../constructs/platform/alerts/runbook.ts";
import { KNOWN_GUARDS } from "../../known/known.ts";
import { type Fields, fields, fieldsList, text } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import type { EstateView } from "../../model/view.ts";
import { checkParts, platformObjects } from "../as-read.ts";
import type { Inspection, Rule } from "../rule.ts";

const ALERTS = "PrometheusRule";

/** Says what of the platform Prometheus reads, by kind. */
const READ_BY_PROMETHEUS = { ServiceMonitor: "nightwatch", PodMonitor: "workflow-controller" } as const;

export const calls: Rule = {
  number: 47,
  name: "calls",
  info: "Something that should call a person never will, or calls somebody else.",
  explanation:
    "A lane that nobody watches may do for weeks what it must not, and an alert whose expression is never true looks like a quiet night. So each alert is demanded as it was read (isolation/known/guards.json): its expression, how long it must hold, its labels and its texts; and what Prometheus reads is there. Where it calls, and which runbook it names, is what central.json says. Whether each alert comes when it should is shown by test/alerts with a real Prometheus.",
  unit: "alerts' objects and nightwatches",
  check(view, inspection) {
    for (const manifest of platformObjects(view, "Deployment", "nightwatch")) {
      inspection.examine();
      checkReceivers(manifest, view.central, inspection);
    }
    if (view.central.monitoring?.prometheusOperator !== true) {
      return;
    }
    for (const name of Object.keys(KNOWN_GUARDS[ALERTS])) {
      checkParts(ALERTS, name, view, inspection);
      checkRunbook(name, view, inspection);
    }
    for (const [kind, name] of Object.entries(READ_BY_PROMETHEUS)) {
      if (platformObjects(view, kind, name).length !== 1) {
        inspection.report(`${kind} ${name}`, "is not there: what it names has no metrics", "write it");
      }
    }
  },
};

/** Nightwatch calls by itself, too: the Alertmanagers that it is told. */
function checkReceivers(
  manifest: Manifest,
  { alertmanagers = [], runbook }: CentralCluster,
  inspection: Inspection,
): void {
  const containers = fieldsList(fields(fields(fields(manifest.spec).template).spec).containers);
  const variables = new Map<unknown, Fields>(
    containers.flatMap(({ env }) => fieldsList(env)).map((variable) => [variable.name, variable]),
  );
  const wanted = { ALERTMANAGERS: alertmanagers.map(({ url }) => url).join(",") || undefined, RUNBOOK: runbook };
  for (const [name, value] of Object.entries(wanted)) {
    const said = variables.get(name)?.value;
    if (said !== value) {
      inspection.report(
        objectName(manifest),
        `${name} is ${String(said ?? "not there")}, where central.json says ${value ?? "nothing"}`,
        "leave it as the program writes it, and change central.json",
      );
    }
  }
}

function checkRunbook(name: string, view: EstateView, inspection: Inspection): void {
  const runbook = view.central.runbook ?? RUNBOOK;
  for (const manifest of platformObjects(view, ALERTS, name)) {
    const rules = fieldsList(fields(manifest.spec).groups).flatMap((group) => fieldsList(group.rules));
    for (const { alert, annotations } of rules) {
      const url = text(fields(annotations).runbook_url);
      if (url !== undefined && !url.startsWith(`${runbook}#`)) {
        inspection.report(objectName(manifest), `${String(alert)} has the runbook ${url}`, `name one of ${runbook}`);
      }
    }
  }
}
