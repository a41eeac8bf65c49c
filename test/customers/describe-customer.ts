import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { images } from "../../constructs/definition/images.ts";
import { type NightDefinition, nightsOf } from "../../constructs/definition/night-definition.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import type { Step } from "../../constructs/night/step.ts";
import type { Template, WorkflowSpec } from "../../constructs/workflow/argo.ts";
import { toYaml } from "../../infra/yaml.ts";
import { CALENDAR } from "../../runs/annotations.ts";
import { readCalendar } from "../../runs/business-calendar.ts";
import { scheduleName } from "../../runs/night-series.ts";
import { find, manifestsOf, titles } from "../support/manifests.ts";
import { runnerDocument, templateIn } from "../support/night.ts";
import { describeStep } from "./describe-step.ts";
import { describeProperties } from "./describe-value.ts";

/**
 * What a reviewer wants to see of a customer, read off its synthesized objects: the night as a list of steps, the ways
 * out of the lane, the limits, and which objects there are; and all that its file says. The template's content hash and
 * the digests of `images.json` are left out: they change with each release of the images.
 */
export function describeCustomer(definition: CustomerDefinition): string {
  const { lane, customerSide, apps } = manifestsOf(definition);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      `${definition.displayName}: steps`,
      describeSteps(find(lane, "WorkflowTemplate", /^night-[0-9a-f]{10}$/), definition.workflow.steps),
    ],
    ["the rest of the file", describeFile(definition)],
    ["calendar", describeCalendar(find(lane, "CronWorkflow", "night"))],
    ...nightsOf(definition).flatMap((night) => describeFurther(night, lane)),
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
  return Object.entries(images()).reduce(
    (shown, [name, reference]) => shown.replaceAll(reference, `<${name} of images.json>`),
    text.replaceAll(/\b(night(?:-[a-z0-9-]+)?|reaper|reader)-[0-9a-f]{10}\b/g, "$1-<hash>"),
  );
}

/** Further nights as the nightly ones: what they do, when, and what their workflow says. */
function describeFurther(
  { pipeline, workflow }: NightDefinition,
  lane: readonly Manifest[],
): readonly (readonly [string, readonly string[]])[] {
  if (pipeline === undefined) {
    return [];
  }
  const name = scheduleName(pipeline);
  return [
    [
      `${pipeline}: steps`,
      describeSteps(find(lane, "WorkflowTemplate", new RegExp(`^${name}-[0-9a-f]{10}$`)), workflow.steps),
    ],
    [`${pipeline}: the rest of its workflow`, describeProperties({ workflow }, /(^|\.)(steps|declared|defaults)$/)],
    [`${pipeline}: schedule`, specOf(find(lane, "CronWorkflow", name))],
  ];
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

function describeSteps(workflowTemplate: Manifest, steps: readonly Step[]): readonly string[] {
  const templates = templatesOf(workflowTemplate);
  return (templateIn(templates, "steps")?.dag?.tasks ?? []).flatMap((task) =>
    describeStep(
      templates,
      task,
      steps.find(({ name }) => name === task.name),
    ),
  );
}

/** The parts of the file that are not steps, with all days; what makes steps and applications is shown with them. */
function describeFile(definition: CustomerDefinition): readonly string[] {
  return describeProperties(definition, /^(name|displayName|apps|furtherNights)$|(^|\.)(steps|declared|defaults)$/);
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
