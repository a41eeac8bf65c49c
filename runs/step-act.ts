import type { Verb } from "./act.ts";
import { Refusal } from "./refusal.ts";
import { RUNNER_EXIT } from "./runner-exit.ts";
import { runsAsJob, type StepStatus } from "./step-status.ts";

/** Where a night waits for a person: at a step that is held, after a failed attempt, or at the question of a gate step. */
export type WaitingPlace = "hold" | "decision" | "question";

/** The words of a decision: at a step that is held, after a failed attempt and at a question. */
export const DECISIONS = ["RUN", "RETRY", "ADOPT", "SKIP", "CONFIRMED"] as const;

/** What a person decides for a node that waits: the value of its output parameter `decision`. */
export type Decision = (typeof DECISIONS)[number];

/** What is done to a step. */
export type StepAction =
  | {
      /** A waiting node is decided: it gets its phase, and an output. */
      readonly kind: "decide";
      readonly place: WaitingPlace;
      readonly phase: "Succeeded" | "Failed";
      /** Value of its output parameter `decision`; absent where it has none. */
      readonly output?: Decision;
    }
  /** What to do with it when the night reaches it. */
  | { readonly kind: "ask"; readonly asked: "yes" | "skip" | "no" }
  /** A gate is approved that needs further approvals. */
  | { readonly kind: "approve" }
  /** Its runner is ordered to cancel the remote job. */
  | { readonly kind: "order" }
  | { readonly kind: "nothing" };

/** States in which a failed attempt can be decided about, before its step goes on by itself or has failed for good. */
const UNDECIDED: ReadonlySet<StepStatus["state"]> = new Set<StepStatus["state"]>(["deciding", "retrying"]);

/** What a verb does to a step as it is now. */
export interface StepAct {
  readonly action: StepAction;
  /** What happens then, in one sentence. */
  readonly effect: string;
  /** Whether the act has had its effect. @default - there is nothing to wait for */
  readonly reached?: (step: StepStatus) => boolean;
  /** Whether the same verb has more to do once that is reached. @default false */
  readonly goesOn?: boolean;
}

/** Verbs about one step; of those possible at the same time, the one that keeps most work comes first. */
export const STEP_VERBS = ["hold", "release", "adopt", "retry", "skip", "abort", "stop", "restart"] as const;
export type StepVerb = (typeof STEP_VERBS)[number];

export function isStepVerb(verb: Verb): verb is StepVerb {
  return STEP_VERBS.some((one) => one === verb);
}

/**
 * What a verb does to a step in its present state.
 * @throws Refusal if the state does not allow it, with what it does allow
 */
export function stepAct(verb: StepVerb, step: StepStatus, customer: string): StepAct {
  if (verb === "restart" && UNDECIDED.has(step.state) && mayRunOn(step)) {
    throw runsOn(verb, step, customer);
  }
  const found = POSSIBLE[verb](step);
  if (found === undefined) {
    throw notPossible(verb, step, customer);
  }
  return found;
}

/** A possible act on a step in its present state. */
export interface PossibleAct {
  readonly verb: StepVerb;
  /** What happens then, in one sentence. */
  readonly effect: string;
}

/** Acts with an effect that would not be refused, the one that keeps most work first. Of two equivalent verbs, one. */
export function possibleActs(step: StepStatus): readonly PossibleAct[] {
  const possible = STEP_VERBS.flatMap((verb) => {
    const found = POSSIBLE[verb](step);
    return found === undefined || found.action.kind === "nothing" ? [] : [{ verb, effect: found.effect }];
  });
  return possible.filter((one, index) => possible.findIndex(({ effect }) => effect === one.effect) === index);
}

const POSSIBLE: Readonly<Record<StepVerb, (step: StepStatus) => StepAct | undefined>> = {
  hold,
  release,
  retry,
  adopt,
  skip,
  abort,
  stop,
  restart,
};

function hold({ name, state }: StepStatus): StepAct | undefined {
  switch (state) {
    case "held":
      return { action: { kind: "nothing" }, effect: `${name} is held already; nothing was changed` };
    case "waiting":
      return {
        action: { kind: "ask", asked: "yes" },
        effect: `${name} will be held when the night reaches it`,
      };
    default:
      return undefined;
  }
}

function release({ name, state, asked, approval }: StepStatus): StepAct | undefined {
  if (state === "held") {
    return {
      action: { kind: "decide", place: "hold", phase: "Succeeded", output: "RUN" },
      effect: `${name} starts now`,
      reached: ({ attempts }) => attempts > 0,
    };
  }
  if (state === "confirming") {
    const missing = approval === undefined ? 0 : approval.people - approval.by.length - 1;
    if (approval !== undefined && missing > 0) {
      const more = approval.group === undefined ? "" : ` of ${approval.group}`;
      return {
        action: { kind: "approve" },
        effect: `${name} is approved by ${approval.by.length + 1} of ${approval.people}; it waits for ${missing} more${more}`,
      };
    }
    return {
      action: { kind: "decide", place: "question", phase: "Succeeded", output: "CONFIRMED" },
      effect: `${name} is confirmed, the night goes on`,
      reached: (now) => now.state === "succeeded",
    };
  }
  return state === "waiting" && asked !== undefined
    ? { action: { kind: "ask", asked: "no" }, effect: `${name} will start when the night reaches it` }
    : undefined;
}

/** Whether what was begun may go on: the next attempt ends an earlier Job first, but no earlier command. */
export function mayRunOn({ kind, attemptLog }: StepStatus): boolean {
  return kind === "exec" && attemptLog.at(-1)?.exitCode === RUNNER_EXIT.LOST;
}

/**
 * Why a verb begins no new attempt of a step whose command may still run. A person who has looked says so with a retry.
 * @param night The night that its command names. @default - the only one that runs
 */
export function runsOn(verb: string, { name }: StepStatus, customer: string, night?: string): Refusal {
  const which = night === undefined ? "" : ` --night ${night}`;
  return new Refusal(
    "not-possible",
    `${verb}: the command of ${name} of ${customer} may still run, and a new attempt would run it a second time beside it`,
    `nightlane show ${customer}${which} says where; once it has ended, nightlane retry ${customer} ${name}${which} --reason "..."`,
  );
}

function retry({ name, state, attempts, attemptLog }: StepStatus): StepAct | undefined {
  return UNDECIDED.has(state)
    ? {
        action: { kind: "decide", place: "decision", phase: "Succeeded", output: "RETRY" },
        effect: `attempt ${(attemptLog.at(-1)?.number ?? attempts) + 1} of ${name} starts`,
        reached: (now) => now.attempts > attempts,
      }
    : undefined;
}

/** Exit codes of runners that leave nothing to adopt: the remote work failed, or was cancelled on request. */
const ENDED: ReadonlySet<number | undefined> = new Set([
  RUNNER_EXIT.APPLICATION,
  RUNNER_EXIT.AGAIN,
  RUNNER_EXIT.CANCELLED,
]);

/** Adopting: only a Job goes on without its runner, and it is only adopted if it has not failed itself. */
function adopt(step: StepStatus): StepAct | undefined {
  const { name, kind, state, attempts, attemptLog } = step;
  const last = attemptLog.at(-1);
  return state === "deciding" && runsAsJob(kind) && !ENDED.has(last?.exitCode) && knowsAdopt(step)
    ? {
        action: { kind: "decide", place: "decision", phase: "Succeeded", output: "ADOPT" },
        effect: `a new runner goes on with attempt ${last?.number ?? attempts} of ${name}: it adopts its remote Job, or takes its finished results`,
        reached: (now) => now.attempts > attempts,
      }
    : undefined;
}

/** A night of an earlier release treats any word but SKIP as RETRY: its work would begin again. */
function knowsAdopt({ decisions }: StepStatus): boolean {
  return decisions === undefined || decisions.includes("ADOPT");
}

/** A gate that asks for approvals cannot be left out: nobody would have approved. */
function skip({ name, state, approval }: StepStatus): StepAct | undefined {
  if (approval !== undefined) {
    return undefined;
  }
  if (state === "waiting") {
    return {
      action: { kind: "ask", asked: "skip" },
      effect: `${name} will be left out when the night reaches it`,
    };
  }
  const place = state === "held" ? "hold" : UNDECIDED.has(state) ? "decision" : undefined;
  return place === undefined
    ? undefined
    : {
        action: { kind: "decide", place, phase: "Succeeded", output: "SKIP" },
        effect: `${name} is left out, the steps after it start`,
        reached: (now) => now.state === "skipped",
      };
}

function abort({ name, state }: StepStatus): StepAct | undefined {
  if (state === "confirming") {
    return {
      // A refused gate is a failed attempt like any other, and Argo asks how to go on.
      action: { kind: "decide", place: "question", phase: "Failed" },
      effect: `${name} is refused`,
      reached: (now) => now.state === "failed",
      goesOn: true,
    };
  }
  const place = state === "held" ? "hold" : UNDECIDED.has(state) ? "decision" : undefined;
  return place === undefined
    ? undefined
    : {
        action: { kind: "decide", place, phase: "Failed" },
        effect: `${name} has failed for good; the steps after it do not run`,
        reached: (now) => now.state === "failed",
      };
}

/** Whether it ends is not known yet: a command in an application's container may not heed its signal. */
function cancelling(name: string): string {
  return `the runner of ${name} is told to cancel its remote work`;
}

function stop({ name, state }: StepStatus): StepAct | undefined {
  return state === "running"
    ? {
        action: { kind: "order" },
        effect: `${cancelling(name)}, and ${name} then waits for a decision: retry, skip or abort`,
        reached: (now) => now.state !== "running",
      }
    : undefined;
}

function restart(step: StepStatus): StepAct | undefined {
  const { name, state, attempts, attemptLog } = step;
  return state === "running"
    ? {
        action: { kind: "order" },
        effect: `${cancelling(name)}, and attempt ${(attemptLog.at(-1)?.number ?? attempts) + 1} starts once that has ended`,
        reached: (now) => now.attempts > attempts,
        goesOn: true,
      }
    : retry(step);
}

/** What a step does, after its name. */
export const STATE_TEXT: Readonly<Record<StepStatus["state"], string>> = {
  waiting: "has not been reached yet",
  held: "is held and has not started",
  queued: "waits for a place in its group",
  running: "is running",
  confirming: "is a gate that waits for a confirmation",
  deciding: "failed and waits for a decision",
  retrying: "failed and waits for its next attempt, which begins by itself",
  succeeded: "has succeeded",
  reused: "reused the results of an earlier run",
  skipped: "was skipped",
  omitted: "will not run, because a step before it failed",
  failed: "was given up and has failed",
};

function notPossible(verb: StepVerb, step: StepStatus, customer: string): Refusal {
  const known =
    verb === "adopt" && !knowsAdopt(step)
      ? `, and its night was deployed by an earlier release, which knows no more than ${step.decisions?.join(" and ")}`
      : "";
  const what = `${verb}: ${step.name} of ${customer} ${STATE_TEXT[step.state]}${known}`;
  return new Refusal("not-possible", what, whatIsPossible(customer, step));
}

function whatIsPossible(customer: string, step: StepStatus): string {
  const { name, state, approval, places } = step;
  const command = (verb: string): string => `nightlane ${verb} ${customer} ${name} --reason "..."`;
  if (approval !== undefined && (state === "waiting" || state === "held" || state === "deciding")) {
    const next = { waiting: "hold", held: "release", deciding: "retry" } as const;
    return `it asks for approvals and cannot be left out; ${command(next[state])}`;
  }
  switch (state) {
    case "waiting":
      return `${command("hold")} holds it before it starts, ${command("skip")} leaves it out`;
    case "held":
      return `${command("release")} starts it, ${command("skip")} leaves it out, ${command("abort")} gives it up`;
    case "queued":
      return `it starts by itself when one of the ${places?.atOnce} steps of ${places?.group} that run has ended: nightlane show ${customer} says which; from then on it can be stopped`;
    case "running":
      return `${command("stop")} cancels its remote job and waits for a decision, ${command("restart")} replaces it`;
    case "confirming":
      return `${command("release")} confirms it, ${command("abort")} refuses it`;
    case "deciding":
      return `${adopt(step) === undefined ? "" : `${command("adopt")} if its remote Job still runs or has ended well, `}${command("retry")}, ${command("skip")} or ${command("abort")}`;
    case "retrying":
      return `${command("retry")} starts its next attempt now, ${command("skip")} leaves it out, ${command("abort")} gives it up; nightlane pause ${customer} keeps the whole night from going on`;
    case "succeeded":
    case "reused":
    case "skipped":
    case "omitted":
    case "failed":
      return `a step that has ended is never run again in the same night; a new run from it on: nightlane replay ${customer} --date YYYY-MM-DD --from ${name} --reason "..."`;
  }
}
