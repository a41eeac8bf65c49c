import { FORGOTTEN_SECONDS } from "../../constructs/platform/alerts/calls.ts";
import { type CallReason, runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { approvalText } from "../../runs/approval.ts";
import type { NightState } from "../../runs/night-state.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { RUNNER_EXIT } from "../../runs/runner-exit.ts";
import { possibleActs } from "../../runs/step-act.ts";
import type { StepStatus } from "../../runs/step-status.ts";
import { aboutRun } from "./about-run.ts";
import { actCommand } from "./night-command.ts";
import type { Signal } from "./signal.ts";

/** Whether the last attempt of a step ended with the fate of its remote job unknown. */
export function isLost(step: StepStatus): boolean {
  return step.attemptLog.at(-1)?.exitCode === RUNNER_EXIT.LOST;
}

/**
 * Steps of a running night that wait for a person, and those that somebody holds and may have forgotten.
 * @param isUrgent Whether a gate cannot wait for the morning.
 * @param now Milliseconds.
 */
export function stepSignals(
  facts: RunFacts,
  state: NightState,
  isUrgent: (step: string) => boolean,
  now: number,
): readonly Signal[] {
  return state.steps.flatMap((step) => {
    switch (step.state) {
      case "deciding":
        return [decision(facts, step)];
      case "confirming":
        return [confirmation(facts, step, isUrgent(step.name))];
      case "held":
        return isForgotten(step, now) ? [held(facts, step)] : [];
      default:
        return [];
    }
  });
}

/** The person who holds a step has just asked for that, and is not called for it. */
function isForgotten({ waitingSince = "" }: StepStatus, now: number): boolean {
  return now - Date.parse(waitingSince) > FORGOTTEN_SECONDS * 1000;
}

function held(facts: RunFacts, step: StepStatus): Signal {
  const hold = facts.acts.findLast((act) => act.verb === "hold" && act.step === step.name);
  const who = hold === undefined ? "" : `, by ${hold.by}: ${hold.reason}`;
  const reason = `${step.name} has been held for more than an hour${who}`;
  return signal(facts, step, "held", reason, actCommand(facts, "release", step.name));
}

function decision(facts: RunFacts, step: StepStatus): Signal {
  const last = step.attemptLog.at(-1);
  const kind: CallReason = isLost(step) ? "lost" : "decision";
  const code = last?.exitCode === undefined ? "" : ` (exit code ${last.exitCode})`;
  return signal(
    facts,
    step,
    kind,
    `attempt ${last?.number ?? step.attempts} failed${code}: ${step.message ?? "the runner left no message"}`,
    // A remote Job that may still run, or has ended well, can be adopted; a lost one cannot.
    actCommand(facts, kind === "lost" ? "retry" : (possibleActs(step)[0]?.verb ?? "retry"), step.name),
  );
}

/** A gate can wait for the morning as long as the night can still end in time. */
function confirmation(facts: RunFacts, step: StepStatus, isUrgent: boolean): Signal {
  const asked = signal(
    facts,
    step,
    "confirmation",
    step.approval === undefined
      ? `${step.name} waits for a confirmation`
      : `${step.name} waits for approvals: ${approvalText(step.approval)}`,
    actCommand(facts, "release", step.name),
  );
  const urgent = `${asked.key}/urgent`;
  // One that was called urgent is not downgraded, for instance after a restart.
  return isUrgent || facts.notified.includes(urgent) ? { ...asked, key: urgent, severity: "critical" } : asked;
}

function signal(facts: RunFacts, step: StepStatus, kind: CallReason, reason: string, command: string): Signal {
  return {
    key: `${kind}/${step.name}/${step.attempts}`,
    kind,
    ...aboutRun(facts),
    step: step.name,
    since: step.waitingSince ?? step.startedAt ?? "",
    reason,
    command,
    runbook: runbookEntry(kind),
  };
}
