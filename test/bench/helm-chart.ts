import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { toYaml } from "../../infra/yaml.ts";
import { find } from "../support/manifests.ts";
import { type Bank, bank, defineBank } from "./bank.ts";

/** A bank whose values occur nowhere else in its objects, so that they can be distinguished from the rest. */
const PROTOTYPE: Bank = {
  name: "prototype",
  host: "k8s.prototype.example",
  address: "203.0.113.7",
  start: "19:43",
  timezone: "Europe/Lisbon",
};

/** What follows from a bank's definition by computation. */
interface Computed {
  /** Name of the night's WorkflowTemplate. */
  readonly template: string;
  /** Name of the reaper's WorkflowTemplate. */
  readonly reaper: string;
  /** Name of the WorkflowTemplate that reads kept logs. */
  readonly reader: string;
  /** When the reaper looks, as a cron line. */
  readonly reapAt: string;
}

/** What was computed for a bank, read off its objects. */
export function computedOf(lane: readonly Manifest[]): Computed {
  const { schedules } = find(lane, "CronWorkflow", "reaper").spec as { readonly schedules: readonly [string] };
  return {
    template: find(lane, "WorkflowTemplate", /^night-/).metadata.name,
    reaper: find(lane, "WorkflowTemplate", /^reaper-/).metadata.name,
    reader: find(lane, "WorkflowTemplate", /^reader-/).metadata.name,
    reapAt: schedules[0],
  };
}

/**
 * Writes the chart of the other side: one template for each object of a customer, ranging over the customers in the
 * values. It is made from the objects that we synthesize, with everything in which customers differ put in from the
 * values, down to ready-made schedules and template names: helm computes nothing, it fills in text.
 * @param computed What is computed for each bank, by its number.
 */
export function writeHelmChart(folder: string, computed: readonly Computed[]): void {
  const templates = join(folder, "templates");
  mkdirSync(templates, { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: banks\nversion: 1.0.0\n");
  writeFileSync(join(folder, "values.yaml"), JSON.stringify({ customers: computed.map(values) }));
  const { lane, customerSide } = synthesize(defineBank(PROTOTYPE), "the prototype");
  const prototype = computedOf(lane);
  [...lane, ...customerSide].forEach((manifest, index) => {
    const body = asTemplate(toYaml(manifest), prototype);
    const file = `${String(index).padStart(2, "0")}-${manifest.kind.toLowerCase()}.yaml`;
    writeFileSync(join(templates, file), `{{- range .Values.customers }}\n---\n${body}{{- end }}\n`);
  });
}

function values(computed: Computed, number: number): Readonly<Record<string, string>> {
  const { name, host, address, start, timezone } = bank(number);
  return { name, host, address, timezone, schedule: cron(start), ...computed };
}

function cron(start: string): string {
  const [hour, minute] = start.split(":");
  return `${Number(minute)} ${Number(hour)} * * *`;
}

function asTemplate(yaml: string, prototype: Computed): string {
  return yaml
    .replaceAll("{{", '{{ "{{" }}')
    .replaceAll(prototype.template, "{{ .template }}")
    .replaceAll(prototype.reaper, "{{ .reaper }}")
    .replaceAll(prototype.reader, "{{ .reader }}")
    .replaceAll(prototype.reapAt, "{{ .reapAt }}")
    .replaceAll(cron(PROTOTYPE.start), "{{ .schedule }}")
    .replaceAll(PROTOTYPE.host, "{{ .host }}")
    .replaceAll(PROTOTYPE.address, "{{ .address }}")
    .replaceAll(PROTOTYPE.timezone, "{{ .timezone }}")
    .replaceAll(PROTOTYPE.name, "{{ .name }}");
}
