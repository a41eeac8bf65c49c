import type { Act } from "../../runs/act.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import type { Actor } from "../acts/actor.ts";
import type { ChangePlace } from "../acts/change-workflow.ts";
import type { Central } from "../central.ts";
import { type NightChoice, type ReadNight, runningNight, stepOf } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { type Lane, laneOf } from "../lanes.ts";
import type { Times } from "../text/times.ts";

/** What a verb that acts on a running night works with. */
export interface VerbContext {
  readonly central: Central;
  readonly actor: Actor;
  readonly choice: NightChoice;
  /** How long Argo may take to act upon a decision. */
  readonly effectSeconds: number;
  /** How times are said. */
  readonly times: Times;
  /** Until when a hold or a pause is meant to last, local time `HH:MM`: only its cost depends on it. @default - not known */
  readonly until?: string;
  /** Told what is being waited for. */
  readonly note: (text: string) => void;
}

/** What a verb did, for a person and for `-o json`. */
export interface Done {
  readonly customer: string;
  readonly night: string;
  readonly step?: string;
  readonly verb: Act["verb"];
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
  /** What happens now, in one sentence. */
  readonly effect: string;
}

/** A step of a running night and what is needed to change it. */
export interface StepTarget {
  readonly lane: Lane;
  readonly night: ReadNight;
  readonly step: StepStatus;
  readonly place: ChangePlace;
}

/** Finds the step that a verb is about. */
export async function targetOf(context: VerbContext, customer: string, step: string): Promise<StepTarget> {
  const lane = await laneOf(context.central, customer);
  const night = await runningNight(context.central, lane, context.choice);
  return { lane, night, step: stepOf(night, step), place: placeOf(context, night) };
}

export function placeOf({ central, actor }: VerbContext, night: ReadNight): ChangePlace {
  const { namespace, workflow } = night.state;
  return { central, namespace, workflow, dryRun: actor.dryRun };
}

/** The report of a verb. */
export function done(act: Act, night: ReadNight, dryRun: boolean, effect: string): Done {
  return {
    customer: night.lane.customer,
    night: night.state.workflow,
    ...(act.step === undefined ? {} : { step: act.step }),
    verb: act.verb,
    by: act.by,
    reason: act.reason,
    dryRun,
    effect,
  };
}

/** Argo acts upon nothing while a night is paused. */
export function whenResumed({ state }: ReadNight, effect: string): string {
  return state.paused ? `${effect} once the night is resumed` : effect;
}

const STATE_TEXT: Readonly<Record<StepStatus["state"], string>> = {
  waiting: "has not been reached yet",
  held: "is held at its gate and has not started",
  running: "is running",
  confirming: "is a gate that waits for a confirmation",
  deciding: "failed and waits for a decision",
  succeeded: "has succeeded",
  reused: "took over the results of an earlier run",
  skipped: "was skipped",
  omitted: "will not run, because a step before it failed",
  failed: "was given up and has failed",
};

/** The error for a step whose state does not allow a verb, with what it does allow. */
export function notPossible({ lane, step }: StepTarget, verb: string): OpsError {
  return new OpsError(
    ExitCode.notPossible,
    `${verb}: ${step.name} of ${lane.customer} ${STATE_TEXT[step.state]}`,
    whatIsPossible(lane.customer, step),
  );
}

function whatIsPossible(customer: string, { name, state }: StepStatus): string {
  const command = (verb: string): string => `nightlane ${verb} ${customer} ${name} --reason "..."`;
  switch (state) {
    case "waiting":
      return `${command("hold")} holds it before it starts, ${command("skip")} leaves it out`;
    case "held":
      return `${command("release")} starts it, ${command("skip")} leaves it out, ${command("abort")} gives it up`;
    case "running":
      return `${command("stop")} cancels its remote job and waits for a decision, ${command("restart")} replaces it`;
    case "confirming":
      return `${command("release")} confirms it, ${command("abort")} refuses it`;
    case "deciding":
      return `${command("retry")}, ${command("skip")} or ${command("abort")}`;
    case "succeeded":
    case "reused":
    case "skipped":
    case "omitted":
    case "failed":
      return `a step that has ended is never run again in the same night; a new run from it on: nightlane replay ${customer} --date YYYY-MM-DD --from ${name} --reason "..."`;
  }
}
