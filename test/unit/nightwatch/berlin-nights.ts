import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { attemptNodes, type NightParts, nightWorkflow, stepNode } from "../ops/support/night-workflow.ts";
import { WatchedNights } from "./watched-nights.ts";

/** Berlin is two hours ahead: a night starts at 20:30Z, should have begun by 20:45Z, and ended by 04:00Z. */
export const cron: CronWorkflow = {
  metadata: {
    name: "night",
    namespace: "customer-nordbank",
    creationTimestamp: "2026-03-30T00:00:00Z",
    annotations: { "nightlane/finish-by": "06:00" },
  },
  spec: {
    schedules: ["30 22 * * *"],
    timezone: "Europe/Berlin",
    workflowSpec: { workflowTemplateRef: { name: "night-0123456789" } },
  },
};
export const suspended: CronWorkflow = { ...cron, spec: { ...cron.spec, suspend: true } };
export const reaper: CronWorkflow = { ...cron, metadata: { ...cron.metadata, name: "reaper", annotations: {} } };
export const running = [stepNode("market", "Running"), ...attemptNodes("market", 1, { phase: "Running" })];

export function night(date: string, parts: NightParts, number = 1): Workflow {
  const one = nightWorkflow({
    startedAt: `${date}T20:30:00Z`,
    ...parts,
    parameters: { "business-date": date, "run-number": String(number), ...parts.parameters },
  });
  const name = `night-${date}-run-${number}`;
  return { ...one, metadata: { ...one.metadata, name, uid: name, labels: completed(parts) } };
}

const completed = ({ phase = "Running" }: NightParts): Readonly<Record<string, string>> =>
  phase === "Running" ? {} : { "workflows.argoproj.io/completed": "true" };

/** A night of the schedule that has not come to its calendar. */
export function dateless(date: string, phase: "Running" | "Failed" | "Error"): Workflow {
  const parameters = { "business-date": "auto", "scheduled-time": `${date}T20:30:00Z` };
  const one = night(date, { parameters, ...(phase === "Error" ? {} : { phase }) });
  const ended = phase === "Running" ? {} : { finishedAt: `${date}T20:31:00Z`, message: "template not found" };
  return { ...one, status: { phase, startedAt: `${date}T20:30:00Z`, ...ended } };
}

export const good = (date: string): Workflow =>
  night(date, { open: "yes", phase: "Succeeded", finishedAt: `${date}T23:00:00Z` });

export async function watch(now: string, crons: readonly CronWorkflow[], ...workflows: readonly Workflow[]) {
  const watched = new WatchedNights(now);
  await watched.list(crons, workflows);
  return watched;
}
