import { type CallReason, runbookEntry } from "../../constructs/runbook.ts";
import { deadlinesOf, lastDueDate } from "../../runs/schedule.ts";
import { PASSED } from "../../runs/step-status.ts";
import { type Lane, newestNight, runningRuns, type WatchedRun } from "../lane.ts";
import type { Signal } from "./signal.ts";

/** What is wrong with a lane's nights as a whole. @param now Milliseconds. */
export function nightSignals(lane: Lane, now: number): readonly Signal[] {
  const night = newestNight(lane);
  const found = night === undefined ? [] : [late(lane, night, now), inputsLate(lane, night, now), failed(lane, night)];
  return [...found, missed(lane, now)].filter((signal) => signal !== undefined);
}

function late(lane: Lane, { facts }: WatchedRun, now: number): Signal | undefined {
  const { finishBy, finishedAt } = facts;
  if (finishBy === undefined || finishedAt !== undefined || facts.open === false || now <= Date.parse(finishBy)) {
    return undefined;
  }
  const reason = `the night should have ended by ${finishBy} and still runs`;
  return signal(lane, facts, "late", finishBy, reason, `nightlane show ${lane.customer}`);
}

function inputsLate(lane: Lane, { facts, state }: WatchedRun, now: number): Signal | undefined {
  const { schedule } = lane;
  if (schedule?.inputsBy === undefined || state?.businessDate === undefined || state.open === false) {
    return undefined;
  }
  const { inputsBy } = deadlinesOf(schedule, state.businessDate);
  const missing = schedule.inputsBy.steps.filter(
    (name) => !PASSED.has(state.steps.find((step) => step.name === name)?.state ?? "waiting"),
  );
  // A night that is made up for after its deadline has none.
  const madeUpFor = inputsBy !== undefined && Date.parse(facts.startedAt ?? "") > inputsBy;
  if (inputsBy === undefined || madeUpFor || now <= inputsBy || missing.length === 0) {
    return undefined;
  }
  const since = new Date(inputsBy).toISOString();
  const reason = `the inputs should have been in by ${since}; ${missing.join(", ")} has not ended`;
  return signal(lane, facts, "inputs-late", since, reason, `nightlane logs ${lane.customer} ${missing[0]} --follow`);
}

function failed(lane: Lane, { facts }: WatchedRun): Signal | undefined {
  const ended = facts.phase === "Failed" || facts.phase === "Error" || facts.phase === "Gone";
  if (!ended || isRepeated(lane, facts)) {
    return undefined;
  }
  const gaveUp = facts.steps.filter((step) => step.state === "failed").map((step) => step.name);
  const what = gaveUp.length > 0 ? `${gaveUp.join(", ")} failed for good` : (facts.message ?? "Argo gave no reason");
  const from = gaveUp[0] === undefined ? "" : ` --from ${gaveUp[0]}`;
  const date = facts.businessDate ?? "YYYY-MM-DD";
  return signal(
    lane,
    facts,
    "failed",
    facts.finishedAt ?? "",
    `the night ended as ${facts.phase}: ${what}`,
    `nightlane replay ${lane.customer} --date ${date}${from} --reason "..."`,
  );
}

/** Whether somebody has seen to it: a later run of the same date runs, or has ended well. */
function isRepeated({ runs }: Lane, night: WatchedRun["facts"]): boolean {
  return runs.some(
    ({ facts, state }) =>
      facts.businessDate === night.businessDate &&
      facts.runNumber > night.runNumber &&
      (state !== undefined || facts.phase === "Succeeded"),
  );
}

/** A night that the schedule should have started and that nobody started since. */
function missed(lane: Lane, now: number): Signal | undefined {
  const date = missedDate(lane, now);
  if (date === undefined) {
    return undefined;
  }
  const [running] = runningRuns(lane);
  const reason =
    running === undefined
      ? `the night of ${date} has not started`
      : `the night of ${date} was left out: ${running.facts.night} still runs, and two nights never run at once`;
  return {
    key: `missed/${date}`,
    kind: "missed",
    customer: lane.customer,
    businessDate: date,
    since: new Date(lane.schedule === undefined ? now : deadlinesOf(lane.schedule, date).start).toISOString(),
    reason,
    command: `nightlane run ${lane.customer} --date ${date} --reason "..."`,
    runbook: runbookEntry("missed"),
  };
}

/** The business date of the last due night, where it is overdue and there is no run of it. */
export function missedDate(lane: Lane, now: number): string | undefined {
  const { schedule } = lane;
  if (schedule === undefined || !lane.scheduling) {
    return undefined;
  }
  const date = lastDueDate(schedule, now);
  const { start, startBy } = deadlinesOf(schedule, date);
  if (now <= startBy || start < lane.scheduledSince) {
    return undefined;
  }
  const started = lane.runs.some(
    ({ facts }) =>
      facts.phase !== "Missed" &&
      (facts.businessDate === date || (facts.scheduledAt !== undefined && Date.parse(facts.scheduledAt) === start)),
  );
  return started ? undefined : date;
}

function signal(
  lane: Lane,
  facts: WatchedRun["facts"],
  kind: CallReason,
  since: string,
  reason: string,
  command: string,
): Signal {
  return {
    key: kind,
    kind,
    customer: lane.customer,
    night: facts.night,
    runNumber: facts.runNumber,
    ...(facts.businessDate === undefined ? {} : { businessDate: facts.businessDate }),
    since,
    reason,
    command,
    runbook: runbookEntry(kind),
  };
}
