import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import type { DagTask, Template, WorkflowSpec } from "../../constructs/workflow/argo.ts";
import { toYaml } from "../../infra/yaml.ts";
import { CALENDAR } from "../../runs/annotations.ts";
import { readCalendar } from "../../runs/business-calendar.ts";
import { find, manifestsOf, titles } from "../support/manifests.ts";
import { runnerDocument, templateIn } from "../support/night.ts";

/**
 * What a reviewer wants to see of a customer, read off its synthesized objects: the night as a list of steps, the ways
 * out of the lane, the limits, and which objects there are. The template's content hash and the images' digests are left out: they
 * change with each release of the images.
 */
export function describeCustomer(definition: CustomerDefinition): string {
  const { lane, customerSide, apps } = manifestsOf(definition);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [`${definition.displayName}: steps`, describeSteps(find(lane, "WorkflowTemplate", /^night-/))],
    ["calendar", describeCalendar(find(lane, "CronWorkflow", "night"))],
    ["kept on the volumes", describeRetention(find(lane, "WorkflowTemplate", /^reaper-/))],
    ["schedule", specOf(find(lane, "CronWorkflow", "night"))],
    ["ways out of the lane", describeEgress(lane)],
    ["limits of the lane", specOf(find(lane, "ResourceQuota"))],
    ["limits at the customer", specOf(find(customerSide, "ResourceQuota"))],
    ["objects of the lane", titles(lane)],
    ["objects at the customer", titles(customerSide)],
    ...apps
      .filter(({ kind }) => kind !== "Secret")
      .map((manifest): [string, readonly string[]] => [`Argo CD: ${manifest.kind}`, specOf(manifest)]),
  ];
  const text = sections.map(([title, lines]) => [title, ...lines.map((line) => `  ${line}`), ""].join("\n")).join("\n");
  return text
    .replaceAll(/\b(night|reaper|reader)-[0-9a-f]{10}\b/g, "$1-<hash>")
    .replaceAll(/@sha256:[0-9a-f]{64}/g, "@<digest>");
}

function templatesOf(workflowTemplate: Manifest): readonly Template[] {
  return (workflowTemplate.spec as WorkflowSpec).templates ?? [];
}

function describeCalendar(cron: Manifest): readonly string[] {
  const calendar = readCalendar(cron.metadata.annotations?.[CALENDAR] ?? "");
  // Two months show how the customer's own days and the named calendar's come together.
  const around = (days: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(days)
      .filter(([day]) => day.startsWith("2026-12") || day.startsWith("2027-01"))
      .map(([day, reason]) => `  ${day} ${reason}`);
  const { weekend, closed, worked, halfDays, noNight } = calendar;
  return [
    `${calendar.name}, off on weekdays ${weekend.join(" and ")}; in December 2026 and January 2027`,
    ...Object.entries({ closed, worked, "half days": halfDays, "no night": noNight }).flatMap(([title, days]) => {
      const lines = around(days);
      return lines.length === 0 ? [] : [`${title}:`, ...lines];
    }),
  ];
}

function describeRetention(workflowTemplate: Manifest): readonly string[] {
  const template = templateIn(templatesOf(workflowTemplate), "tidy");
  const { tidy } = template === undefined ? {} : runnerDocument(template);
  const { keepResultsDays, keepLogsDays } = tidy as Readonly<Record<string, unknown>>;
  return [`results for ${keepResultsDays} days, logs for ${keepLogsDays} days`];
}

function describeSteps(workflowTemplate: Manifest): readonly string[] {
  const templates = templatesOf(workflowTemplate);
  return (templateIn(templates, "steps")?.dag?.tasks ?? []).flatMap(({ name, depends, when, ...task }) => [
    `${name}${depends === undefined ? "" : ` after ${depends}`}`,
    ...(when === undefined ? [] : [`  only if ${when.replaceAll('"{{inputs.parameters.variant}}"', "variant")}`]),
    ...describeWork(templateIn(templates, `run-${name}`), messageOf(task)).map((line) => `  ${line}`),
  ]);
}

interface RunnerDocument {
  readonly exec?: { readonly selector: unknown; readonly command: readonly string[]; readonly timeoutSeconds: number };
  readonly copy?: {
    readonly selector: unknown;
    readonly remotePath: string;
    readonly lanePath: string;
    readonly timeoutSeconds: number;
  };
  readonly spark?: { readonly job: SparkJob; readonly result: string | null; readonly timeoutSeconds: number };
}

interface SparkJob {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly [Driver] } } };
}

interface Driver {
  readonly args: readonly string[];
  readonly resources: { readonly requests: Readonly<Record<string, string>> };
}

function messageOf(task: Partial<DagTask>): string {
  return `${task.arguments?.parameters?.find(({ name }) => name === "message")?.value}`;
}

function describeWork(template: Template | undefined, message: string): readonly string[] {
  if (template?.container === undefined) {
    return [`a person: ${message}`];
  }
  const { exec, copy, spark } = runnerDocument(template) as RunnerDocument;
  const [command] = template.container.args ?? [];
  const limit = `at most ${((exec ?? copy ?? spark)?.timeoutSeconds ?? 0) / 3600} h`;
  if (exec !== undefined) {
    return [`exec in ${JSON.stringify(exec.selector)}: ${exec.command.join(" ")}`, limit];
  }
  if (copy !== undefined) {
    const arrow = command === "copy-in" ? "<-" : "->";
    return [`${command} ${JSON.stringify(copy.selector)} ${copy.remotePath} ${arrow} lane ${copy.lanePath}`, limit];
  }
  return spark === undefined ? [] : [...describeSpark(spark.job, spark.result), limit];
}

function describeSpark(job: SparkJob, result: string | null): readonly string[] {
  const [container] = job.spec.template.spec.containers;
  const { args } = container;
  const settings = args.flatMap((word, place) => (args[place - 1] === "--conf" ? [word.split("=")] : []));
  const conf = new Map(settings.map(([name, ...value]) => [name, value.join("=")]));
  const { cpu, memory } = container.resources.requests;
  const program = args.slice(args.lastIndexOf("--conf") + 2);
  const overhead = conf.get("spark.executor.memoryOverhead");
  return [
    `spark ${program.join(" ")}${result === null ? "" : ` -> ${result}`}`,
    `driver ${cpu} ${memory}`,
    `${conf.get("spark.executor.instances")} executors ${conf.get("spark.kubernetes.executor.request.cores")}, heap ${conf.get("spark.executor.memory")}, overhead ${overhead}`,
  ];
}

interface EgressPolicy {
  readonly spec: {
    readonly egress?: readonly {
      readonly to: readonly unknown[];
      readonly ports: readonly { readonly port: number; readonly protocol: string }[];
    }[];
  };
}

function describeEgress(lane: readonly Manifest[]): readonly string[] {
  return lane
    .filter(({ kind }) => kind === "NetworkPolicy")
    .flatMap((policy) =>
      ((policy as unknown as EgressPolicy).spec.egress ?? []).map(({ to, ports }) => {
        const named = ports.map(({ port, protocol }) => `${port}/${protocol}`).join(" ");
        return `${policy.metadata.name}: ${JSON.stringify(to)} ${named}`;
      }),
    );
}

function specOf(manifest: Manifest): readonly string[] {
  const lines = toYaml(manifest).trimEnd().split("\n");
  return lines.slice(lines.indexOf("spec:") + 1).map((line) => line.slice(2));
}
