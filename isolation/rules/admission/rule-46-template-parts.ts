import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { approvals } from "../../../constructs/workflow/approvals.ts";
import { APPROVALS } from "../../../runs/approval.ts";
import { NIGHTLY, pipelineOfTemplate } from "../../../runs/night-series.ts";
import { REAPER_SCHEDULE } from "../../../runs/run-name.ts";
import { HAVE_IT_REVIEWED, KNOWN_TEMPLATES } from "../../known/known.ts";
import { canonical, templateParts, templateRole } from "../../known/template-parts.ts";
import { type Fields, fields, fieldsList, strings } from "../../model/fields.ts";
import type { Rule } from "../rule.ts";

export const knownTemplates: Rule = {
  number: 46,
  name: "template-parts",
  info: "A template or a schedule of a lane has a pod, a container or a setting that nobody has reviewed.",
  explanation:
    "Rule 45 knows which fields there may be; what is in them decides what runs beside the credential. Another command is another program, LD_PRELOAD is one inside the runner, a group more reads more files, and without its exit handler a night leaves Jobs in the customer's cluster. So everything in a template but its steps, their documents and deadlines is required as it was reviewed (isolation/known/templates.json), and its approvals as the customer's file sets them.",
  unit: "templates and schedules",
  check(view, inspection) {
    for (const { manifest, object, owner } of view.objects) {
      if (manifest.kind !== "WorkflowTemplate" && manifest.kind !== "CronWorkflow") {
        continue;
      }
      inspection.examine();
      const report = (message: string): void => inspection.report(object, message, HAVE_IT_REVIEWED);
      checkParts(manifest, owner, report);
      const lane = view.laneByName.get(owner);
      if (manifest.kind === "WorkflowTemplate") {
        checkApprovals(manifest, lane?.definition, report);
      } else {
        checkReference(manifest, lane?.lane ?? [], report);
      }
    }
  },
};

type Report = (message: string) => void;

function checkParts(manifest: Manifest, customer: string, report: Report): void {
  const known = SPECS.get(templateRole(manifest));
  if (known === undefined) {
    report("is not a template or schedule that belongs in a lane");
    return;
  }
  const { spec, nodes, containers } = templateParts(manifest);
  for (const field of new Set([...Object.keys(known), ...Object.keys(spec)])) {
    const value = canonical(spec[field] ?? null);
    if (known[field]?.some((each) => each.replaceAll("*", customer) === value) !== true) {
      report(`spec.${field} ${spec[field] === undefined ? "is not there" : "is not as it was reviewed"}`);
    }
  }
  const names = fieldsList(fields(manifest.spec).templates);
  nodes.forEach((node, index) => {
    if (!isKnown(node, NODES)) {
      report(`spec.templates[${index}] ${String(names[index]?.name)} has settings that nobody has read`);
    }
  });
  for (const container of containers.filter((each) => !isKnown(each, CONTAINERS))) {
    report(`runs ${canonical([container.command, container.args])} in a container that nobody has read`);
  }
}

const SPECS = new Map(
  Object.entries(KNOWN_TEMPLATES.specs).map(([role, values]) => [
    role,
    Object.fromEntries(Object.entries(values).map(([field, all]) => [field, all.map(canonical)])),
  ]),
);
const NODES = new Set(KNOWN_TEMPLATES.nodes.map(canonical));
const CONTAINERS = new Set(KNOWN_TEMPLATES.containers.map(canonical));

/** By the text as written, too, so that what a thousand lanes have in common is sorted once. */
function isKnown(part: Fields, known: Set<string>): boolean {
  const written = JSON.stringify(part);
  const isSo = known.has(written) || known.has(canonical(part));
  if (isSo) {
    known.add(written);
  }
  return isSo;
}

/** Who must release a gate is set in the template, out of reach of anyone who starts a night of it. */
function checkApprovals(template: Manifest, definition: CustomerDefinition | undefined, report: Report): void {
  const metadata = fields(template.spec).workflowMetadata;
  if (definition === undefined) {
    const { annotations, ...others } = fields(metadata);
    if (Object.keys({ ...others, ...fields(annotations) }).some((key) => key !== APPROVALS)) {
      report("spec.workflowMetadata has something else than approvals");
    }
    return;
  }
  const wanted = approvals(stepsOf(template, definition));
  const annotations = Object.keys(wanted).length === 0 ? undefined : { annotations: wanted };
  if (canonical(metadata ?? null) !== canonical(annotations ?? null)) {
    report("spec.workflowMetadata is not the approvals that the customer's file asks for");
  }
}

function stepsOf(
  { metadata: { name } }: Manifest,
  { workflow, furtherNights }: CustomerDefinition,
): CustomerDefinition["workflow"]["steps"] {
  if (!name.startsWith(`${NIGHTLY}-`)) {
    return [];
  }
  const pipeline = pipelineOfTemplate(name);
  return (pipeline === NIGHTLY ? workflow : furtherNights[pipeline])?.steps ?? [];
}

/** A reaper that runs twice an hour: what a lane leaves at the customer's is removed within that time. */
const TWICE_AN_HOUR = /^\d{1,2},\d{1,2} \* \* \* \*$/;

/** A schedule must start an existing template of its own, or its night does not begin. */
function checkReference(schedule: Manifest, lane: readonly Manifest[], report: Report): void {
  const { name } = fields(fields(fields(schedule.spec).workflowSpec).workflowTemplateRef);
  const isThere = lane.some(({ kind, metadata }) => kind === "WorkflowTemplate" && metadata.name === name);
  if (!isThere || String(name).replace(/-[0-9a-f]{10}$/, "") !== schedule.metadata.name) {
    report(`starts ${String(name)}, which is not a template of its own in this lane`);
  }
  const [when = "", ...more] = strings(fields(schedule.spec).schedules);
  if (schedule.metadata.name === REAPER_SCHEDULE && (more.length > 0 || !TWICE_AN_HOUR.test(when))) {
    report(`reaps at ${[when, ...more].join(", ") || "no time"}, not twice an hour`);
  }
}
