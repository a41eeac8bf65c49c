import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectCopy, type TemporaryFolder } from "../api/support.ts";
import { runCommand } from "../farm/command.ts";
import { succeeded } from "../farm/deploy/pulumi.ts";

/** A rule as Prometheus reads it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

/** What is synthesized for a central cluster with a Prometheus operator. @returns the folder */
export async function synthesizeWithOperator(folder: TemporaryFolder): Promise<string> {
  const project = projectCopy(folder, "project");
  const central = join(project, "central.json");
  const { monitoring, ...rest } = JSON.parse(readFileSync(central, "utf8"));
  writeFileSync(central, JSON.stringify({ ...rest, monitoring: { ...monitoring, prometheusOperator: true } }));
  const dist = join(folder.path, "dist");
  const synth = ["--import", "tsx", join("infra", "synth.ts")];
  const env = { PATH: process.env.PATH ?? "", CDK8S_OUTDIR: dist };
  succeeded(await runCommand(process.execPath, synth, { cwd: project, env }));
  return dist;
}

/** The rules in what was synthesized, as Prometheus itself reads them: the `spec` of a PrometheusRule. */
export function ruleGroups(dist: string): readonly RuleGroup[] {
  const folder = join(dist, "platform");
  return readdirSync(folder)
    .filter((file) => file.includes("-prometheusrule-"))
    .flatMap((file): RuleGroup[] => parse(readFileSync(join(folder, file), "utf8")).spec.groups);
}
