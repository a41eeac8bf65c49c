import { runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { NightState } from "../../runs/night-state.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { type LongStep, longSteps, type NightLengths } from "../../runs/step-length.ts";
import { clock } from "../../runs/time.ts";
import { aboutRun } from "./about-run.ts";
import { followCommand } from "./night-command.ts";
import type { Signal } from "./signal.ts";

/**
 * Steps that run much longer than in the last nights: they may hang. Steps in trouble have a signal of their own.
 * @param nights Durations of the same customer's last nights.
 * @param now Milliseconds.
 */
export function lengthSignals(
  facts: RunFacts,
  state: NightState,
  nights: readonly NightLengths[],
  now: number,
): readonly Signal[] {
  const untroubled = state.steps.filter(({ trouble }) => trouble === undefined);
  return longSteps(untroubled, nights, now).map((step) => signal(facts, step));
}

function signal(facts: RunFacts, { step, attempt, since, usualSeconds }: LongStep): Signal {
  return {
    key: `long/${step}/${attempt}`,
    kind: "long",
    ...aboutRun(facts),
    step,
    since,
    reason: `${step} runs more than three times as long as in the last nights, which was ${clock(usualSeconds)}`,
    command: followCommand(facts, step),
    runbook: runbookEntry("long"),
  };
}
