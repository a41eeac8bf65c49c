import { setTimeout as delay } from "node:timers/promises";
import { compareRuns } from "../../runs/compare-runs.ts";
import { defined } from "../../runs/defined.ts";
import { hasEnded } from "../../runs/phases.ts";
import { runFacts } from "../../runs/run-facts.ts";
import type { Comparison, RunFacts } from "../../runs/run-record.ts";
import { possibleActs } from "../../runs/step-act.ts";
import { readNight } from "../choose-night.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { patiently } from "../patience.ts";
import { runsOf } from "../runs/all-runs.ts";
import type { Started } from "./start.ts";
import type { Place } from "./verb.ts";

const LOOK_AGAIN_MILLISECONDS = 2000;

/** How a night ended that was waited for. */
export interface Outcome extends Started {
  readonly phase: string;
  /** Compared with the run it repeats. */
  readonly comparison?: Comparison;
}

/** Waits until a night has ended, however long that takes, and notes whenever a step waits for a person. */
export async function outcomeOf(place: Place, started: Started): Promise<Outcome> {
  const { central, lane } = place;
  const { note } = place.output;
  const noted = new Set<string>();
  for (;;) {
    const { state, workflow } = await patiently(() => readNight(central, lane, started.night), note);
    for (const step of state.steps.filter(({ state: is }) => is === "deciding" || is === "confirming")) {
      const key = `${step.name}/${step.attempts}`;
      if (!noted.has(key)) {
        noted.add(key);
        const verbs = possibleActs(step).map(({ verb }) => verb);
        note(`${started.night}: ${step.name} waits for a person (${verbs.join(", ")}): ${step.message ?? ""}`);
      }
    }
    if (hasEnded(state)) {
      const facts = runFacts(workflow, undefined, Date.now());
      const comparison = await patiently(() => comparisonOf(place, started, facts), note);
      return { ...started, phase: state.phase, ...defined({ comparison }) };
    }
    await delay(LOOK_AGAIN_MILLISECONDS);
  }
}

async function comparisonOf(
  place: Place,
  { businessDate, repeats }: Started,
  facts: RunFacts,
): Promise<Comparison | undefined> {
  const runs = repeats === undefined ? [] : await runsOf(place, businessDate);
  const original = runs.find(({ runNumber }) => runNumber === repeats);
  return original === undefined ? undefined : compareRuns(facts, original);
}

/** @throws OpsError differs if the night did not end well, or a replay has other results */
export function requireGood(verb: string, { night, phase, comparison }: Outcome): void {
  if (phase !== "Succeeded") {
    throw new OpsError(ExitCode.differs, `${verb}: ${night} ended as ${phase}`);
  }
  if (verb === "replay" && comparison?.same === false) {
    const other = comparison.steps
      .filter(({ result }) => result === "different" || result === "missing")
      .map(({ step }) => step);
    throw new OpsError(
      ExitCode.differs,
      `replay: ${night} has other results than run ${comparison.with} in ${other.join(", ")}`,
      "the inputs have changed since, or a step is not deterministic; both runs are kept",
    );
  }
}
