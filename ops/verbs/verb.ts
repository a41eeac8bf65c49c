import type { Verb } from "../../runs/act.ts";
import { defined } from "../../runs/defined.ts";
import type { Actor, Asked, AskedFor } from "../acts/actor.ts";
import type { Central } from "../central.ts";
import type { NightChoice } from "../choose-night.ts";
import type { Lane } from "../lanes.ts";
import type { Output, View } from "../output.ts";

/** Where a verb works, and where it shows its result. */
export interface Place {
  readonly output: Output;
  readonly central: Central;
  readonly lane: Lane;
}

/** Where a verb changes something. */
export interface ActPlace extends Place {
  readonly actor: Actor;
}

/** What a verb needs to act on a running night. */
export interface VerbContext extends ActPlace {
  readonly choice: NightChoice;
  /** How long Argo may take to act on a decision, and a runner to cancel its job, seconds. */
  readonly effectSeconds: number;
  /** When a hold or a pause is meant to end, local time `HH:MM`: only the forecast of its cost uses it. @default - not known */
  readonly until?: string;
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

/** Asks for an act, and reports what nightwatch says of it. @param effect What a dry run says instead. */
export async function askFor({ actor, lane }: ActPlace, about: AskedFor, effect: string): Promise<Done> {
  const asked = await actor.ask(lane, about);
  return done(asked, lane, asked.status?.message ?? effect);
}

/** The report of a verb. */
export function done({ name, spec, status }: Asked, { customer }: Lane, effect: string): Done {
  const { verb, night, step, by, reason } = spec;
  const dryRun = status === undefined;
  return { customer, act: name, ...defined({ night, step }), verb, by, reason, dryRun, effect };
}

/** What an act did, for a person. */
export function renderDone(done: Done, { paint }: View): string {
  const what = done.step === undefined ? done.customer : `${done.customer} ${done.step}`;
  const dry = done.dryRun ? " (dry run: nothing was changed)" : "";
  return `${paint("bold", `${done.verb} ${what}`)}: ${done.effect}${dry}\n  ${done.night ?? done.act}, noted as ${done.by}: ${done.reason}`;
}
