import { workflowNodes } from "./nodes.ts";
import { TEMPLATE } from "./template-names.ts";
import { parameter, type Workflow } from "./workflow.ts";

/** A results volume: the lane's, or the one on the customer's side. */
export type ResultsVolume = "lane" | "customer";

/** How full a results volume was when the reaper checked. */
export interface VolumeUse {
  readonly volume: ResultsVolume;
  /** Used share of the usable space, 0 to 1. */
  readonly ratio: number;
  /** When the reaper checked, milliseconds. */
  readonly at: number;
}

const PARAMETERS: readonly (readonly [ResultsVolume, string])[] = [
  ["lane", "lane-used"],
  ["customer", "customer-used"],
];

/** A reaper workflow's report about the volumes; without those that it could not check, or has not checked yet. */
export function volumeUse(reaper: Workflow): readonly VolumeUse[] {
  const tidy = workflowNodes(reaper).find(({ templateName, type }) => templateName === TEMPLATE.tidy && type === "Pod");
  const at = Date.parse(tidy?.finishedAt ?? "");
  if (Number.isNaN(at)) {
    return [];
  }
  return PARAMETERS.flatMap(([volume, name]) => {
    const percent = parameter(tidy?.outputs?.parameters, name) ?? "";
    return /^(\d|[1-9]\d|100)$/.test(percent) ? [{ volume, ratio: Number(percent) / 100, at }] : [];
  });
}
