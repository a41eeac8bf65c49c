import { isIPv4 } from "node:net";
import type { CentralCluster } from "../../../constructs/definition/central-cluster.ts";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { nightsOf, pipelineOf } from "../../../constructs/definition/night-definition.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { RUNBOOK } from "../../../constructs/platform/alerts/runbook.ts";
import { FINISH_BY, INPUTS_BY, START_BY } from "../../../runs/annotations.ts";
import { scheduleName } from "../../../runs/night-series.ts";
import { KNOWN_GUARDS } from "../../known/known.ts";
import { type Fields, fields, fieldsList, strings, text } from "../../model/fields.ts";
import { objectName } from "../../model/object-name.ts";
import type { EstateView } from "../../model/view.ts";
import { checkParts, platformObjects } from "../as-read.ts";
import type { Inspection, Rule } from "../rule.ts";

const ALERTS = "PrometheusRule";

/** Selects what Prometheus reads of the platform, by kind. */
const READ_BY_PROMETHEUS = { ServiceMonitor: "nightwatch", PodMonitor: "workflow-controller" } as const;

export const calls: Rule = {
  number: 47,
  name: "calls",
  info: "Something that should call a person never will, or calls somebody else.",
  explanation:
    "A lane that nobody watches may do for weeks what it must not, and an alert whose expression is never true looks like a quiet night. So each alert is required as it was reviewed (isolation/known/guards.json): its expression, how long it must hold, its labels and its texts; and what Prometheus reads is there. Where it calls, and which runbook it names, is set in central.json; by when a night begins, has its inputs and ends, in the customer's file. Whether each alert comes when it should is shown by test/alerts with a real Prometheus.",
  unit: "alerts' objects, nightwatches and schedules",
  check(view, inspection) {
    for (const manifest of platformObjects(view, "Deployment", "nightwatch")) {
      inspection.examine();
      checkReceivers(manifest, view.central, inspection);
      checkNames(manifest, view.central, inspection);
    }
    for (const { name, definition, lane } of view.customers) {
      if (definition !== undefined) {
        checkTimes(name, definition, lane, inspection);
      }
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

/** Nightwatch calls by itself, too: the Alertmanagers that it is given. */
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
    const actual = variables.get(name)?.value;
    if (actual !== value) {
      inspection.report(
        objectName(manifest),
        `${name} is ${String(actual ?? "not there")}, but central.json has ${value ?? "nothing"}`,
        "leave it as the program writes it, and change central.json",
      );
    }
  }
}

/** Names of receivers with their addresses, as nightwatch's pods know them without a DNS. */
function receiverNames({ webhook, alertmanagers = [] }: CentralCluster): ReadonlySet<string> {
  const named = alertmanagers.flatMap((one) =>
    "addresses" in one ? one.addresses.map((address) => [address, new URL(one.url).hostname] as const) : [],
  );
  const hooks = (webhook?.addresses ?? []).map((address) => [address, webhook?.host ?? ""] as const);
  return new Set(
    [...named, ...hooks].filter(([, host]) => !isIPv4(host)).map(([address, host]) => `${host} ${address}`),
  );
}

function checkNames(manifest: Manifest, central: CentralCluster, inspection: Inspection): void {
  const aliases = fieldsList(fields(fields(fields(manifest.spec).template).spec).hostAliases);
  const actual = new Set(
    aliases.flatMap(({ ip, hostnames }) => strings(hostnames).map((host) => `${host} ${String(ip)}`)),
  );
  const wanted = receiverNames(central);
  for (const name of new Set([...actual, ...wanted])) {
    if (actual.has(name) !== wanted.has(name)) {
      const message = actual.has(name)
        ? `takes ${name} for a receiver, which central.json does not name`
        : `does not know ${name}`;
      inspection.report(objectName(manifest), message, "leave it as the program writes it, and change central.json");
    }
  }
}

/** When somebody is called for a night that does not begin, has no inputs or does not end. */
function checkTimes(
  customer: string,
  definition: CustomerDefinition,
  lane: readonly Manifest[],
  inspection: Inspection,
): void {
  for (const night of nightsOf(definition)) {
    const { workflow } = night;
    const name = scheduleName(pipelineOf(night));
    const schedule = lane.find(({ kind, metadata }) => kind === "CronWorkflow" && metadata.name === name);
    const annotations = fields(schedule?.metadata.annotations);
    const wanted = { [FINISH_BY]: workflow.finishBy, [START_BY]: workflow.startBy, [INPUTS_BY]: workflow.inputsBy };
    inspection.examine();
    for (const [annotation, value] of Object.entries(wanted)) {
      const actual = text(annotations[annotation])?.split(" ")[0];
      if (actual !== value) {
        inspection.report(
          schedule === undefined ? `CronWorkflow ${name} of ${customer}` : objectName(schedule),
          `${annotation} is ${actual ?? "not there"}, but the customer's file has ${value ?? "nothing"}`,
          "leave it as the library writes it, and change the customer's file",
        );
      }
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
