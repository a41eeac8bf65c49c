import { workflowNodes } from "./nodes.ts";
import { TEMPLATE } from "./template-names.ts";
import type { Workflow } from "./workflow.ts";

/** What a reaper does: it ends what nights left behind at the customer, and removes results and logs past their time. */
export const REAPER_PARTS = [TEMPLATE.reap, TEMPLATE.tidy] as const;

/** One of them. */
export type ReaperPart = (typeof REAPER_PARTS)[number];

/** When the parts of a reaper's workflow ended well, milliseconds; without those that did not, or have not yet. */
export function reaperWork(reaper: Workflow): Readonly<Partial<Record<ReaperPart, number>>> {
  const pods = workflowNodes(reaper).filter(({ type, phase }) => type === "Pod" && phase === "Succeeded");
  const ends = REAPER_PARTS.map((part): [ReaperPart, number] => [
    part,
    Date.parse(pods.findLast(({ templateName }) => templateName === part)?.finishedAt ?? ""),
  ]);
  return Object.fromEntries(ends.filter(([, end]) => !Number.isNaN(end)));
}
