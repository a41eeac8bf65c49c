import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { synthesize } from "../constructs/synthesize.ts";
import { toYaml } from "../infra/yaml.ts";
import { find } from "../test/support/manifests.ts";
import { type Bank, bank, defineBank } from "./bank.ts";

/** A bank whose values occur nowhere else in its objects, so that they can be told from the rest. */
const PROTOTYPE: Bank = {
  name: "prototype",
  host: "k8s.prototype.example",
  address: "203.0.113.7",
  start: "19:43",
  timezone: "Europe/Lisbon",
};

/**
 * Writes the chart of the other side: one template for each object of a customer, ranging over the customers in the
 * values. It is made from the objects that we synthesize, with everything in which customers differ put in from the
 * values, down to ready-made schedules and template names: helm computes nothing, it fills in text.
 * @param templateNames Name of the WorkflowTemplate of each bank, by its number.
 */
export function writeHelmChart(folder: string, templateNames: readonly string[]): void {
  const templates = join(folder, "templates");
  mkdirSync(templates, { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: banks\nversion: 1.0.0\n");
  writeFileSync(join(folder, "values.yaml"), JSON.stringify({ customers: templateNames.map(values) }));
  const { lane, customerSide } = synthesize(defineBank(PROTOTYPE), "the prototype");
  const templateName = find(lane, "WorkflowTemplate").metadata.name;
  [...lane, ...customerSide].forEach((manifest, index) => {
    const body = asTemplate(toYaml(manifest), templateName);
    const file = `${String(index).padStart(2, "0")}-${manifest.kind.toLowerCase()}.yaml`;
    writeFileSync(join(templates, file), `{{- range .Values.customers }}\n---\n${body}{{- end }}\n`);
  });
}

function values(templateName: string, number: number): Readonly<Record<string, string>> {
  const { name, host, address, start, timezone } = bank(number);
  return { name, host, address, timezone, schedule: cron(start), template: templateName };
}

function cron(start: string): string {
  const [hour, minute] = start.split(":");
  return `${Number(minute)} ${Number(hour)} * * *`;
}

function asTemplate(yaml: string, templateName: string): string {
  return yaml
    .replaceAll("{{", '{{ "{{" }}')
    .replaceAll(templateName, "{{ .template }}")
    .replaceAll(cron(PROTOTYPE.start), "{{ .schedule }}")
    .replaceAll(PROTOTYPE.host, "{{ .host }}")
    .replaceAll(PROTOTYPE.address, "{{ .address }}")
    .replaceAll(PROTOTYPE.timezone, "{{ .timezone }}")
    .replaceAll(PROTOTYPE.name, "{{ .name }}");
}
