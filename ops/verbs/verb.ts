import type { Verb } from "../../runs/act.ts";
import { defined } from "../../runs/defined.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import type { Times } from "../../runs/times.ts";
import type { Actor, Asked } from "../acts/actor.ts";
import type { Central } from "../central.ts";
import type { NightChoice, ReadNight } from "../choose-night.ts";
import type { Lane } from "../lanes.ts";
import type { View } from "../output.ts";

/** What a verb needs to act on a running night. */
export interface VerbContext {
  readonly central: Central;
  readonly actor: Actor;
  readonly choice: NightChoice;
  /** How long Argo may take to act on a decision, and a runner to cancel its job, seconds. */
  readonly effectSeconds: number;
  /** How times are shown. */
  readonly times: Times;
  /** When a hold or a pause is meant to end, local time `HH:MM`: only the forecast of its cost uses it. @default - not known */
  readonly until?: string;
  /** Told what is being waited for. */
  readonly note: (text: string) => void;
}

/** What a verb did, for people and for `-o json`. */
export interface Done {
  readonly customer: string;
  /** Name of the object that the act is. */
  readonly act: string;
  readonly night?: string;
  readonly step?: string;
  readonly verb: Verb;
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
  /** What happens now, in one sentence. */
  readonly effect: string;
}

/** A step of a running night. */
export interface StepTarget {
  readonly lane: Lane;
  readonly night: ReadNight;
  readonly step: StepStatus;
}

/** The report of a verb. */
export function done({ name, spec }: Asked, customer: string, dryRun: boolean, effect: string): Done {
  const { verb, night, step, by, reason } = spec;
  return { customer, act: name, ...defined({ night, step }), verb, by, reason, dryRun, effect };
}

/** What an act did, for a person. */
export function renderDone(done: Done, { paint }: View): string {
  const what = done.step === undefined ? done.customer : `${done.customer} ${done.step}`;
  const dry = done.dryRun ? " (dry run: nothing was changed)" : "";
  return `${paint("bold", `${done.verb} ${what}`)}: ${done.effect}${dry}\n  ${done.night ?? done.act}, noted as ${done.by}: ${done.reason}`;
}
