import { type CallReason, runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { DueNight } from "../../runs/due-nights.ts";
import { missingInputs } from "../../runs/input-steps.ts";
import { furtherOnly, seriesName } from "../../runs/night-series.ts";
import { isOver } from "../../runs/phases.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import type { Lane, WatchedRun } from "../lane.ts";
import { missedReason } from "../records/missed-night.ts";
import { aboutRun } from "./about-run.ts";
import { followCommand, showCommand } from "./night-command.ts";
import { dateOf } from "./paused-signals.ts";
import { saidTime } from "./said-time.ts";
import type { Signal } from "./signal.ts";

/** Problems of a lane's nights as a whole, date by date. @param now Milliseconds. */
export function nightSignals(lane: Lane, now: number): readonly Signal[] {
  return lane.nights
    .filter(({ waived }) => waived === undefined)
    .flatMap((night) => [
      missed(lane, night),
      ...(night.run === undefined ? [] : runSignals(lane, night, night.run, now)),
      ...night.failedRepeats.map((repeat) => failed(lane, repeat)),
    ])
    .filter((signal) => signal !== undefined);
}

function runSignals(lane: Lane, night: DueNight, facts: RunFacts, now: number): readonly (Signal | undefined)[] {
  switch (night.standing) {
    case "running":
      return [
        late(lane, night, facts),
        // An unreadable night may well have begun.
        ...(stepsAreKnown(facts) ? [notBegun(lane, night, facts, now), inputsLate(lane, night, facts, now)] : []),
      ];
    case "failed":
    case "deleted":
      return [failed(lane, facts)];
    default:
      return [];
  }
}

function late(lane: Lane, { date, late, finishBy }: DueNight, facts: RunFacts): Signal | undefined {
  if (!late || finishBy === undefined) {
    return undefined;
  }
  const since = new Date(finishBy).toISOString();
  const reason = `the night of ${date} should have ended by ${saidTime(finishBy, lane.schedule?.timezone)} and still runs`;
  return signal(facts, "late", since, reason, showCommand(facts));
}

function stepsAreKnown({ problems, steps }: RunFacts): boolean {
  return problems === undefined || steps.length > 0;
}

/** A night whose workflow exists and does nothing: its first pod cannot start, or the Argo controller is away. */
function notBegun(lane: Lane, night: DueNight, facts: RunFacts, now: number): Signal | undefined {
  const { date, begun, start, startBy } = night;
  const since = Date.parse(facts.startedAt ?? facts.scheduledAt ?? "") || start;
  const by = startBy === undefined ? undefined : Math.max(startBy, since + startBy - start);
  if (begun || by === undefined || now <= by || stateOf(lane, facts)?.paused === true) {
    return undefined;
  }
  const reason = `no step of the night of ${date} has begun since it started: ${facts.message ?? "Argo gives no reason"}`;
  return signal(facts, "not-begun", new Date(since).toISOString(), reason, showCommand(facts));
}

function inputsLate(lane: Lane, { inputsBy }: DueNight, facts: RunFacts, now: number): Signal | undefined {
  const state = stateOf(lane, facts);
  if (inputsBy === undefined || now <= inputsBy.at || state === undefined) {
    return undefined;
  }
  const missing = missingInputs(inputsBy, state.steps);
  const [first] = missing;
  // A night made up for after its deadline has none.
  if (Date.parse(facts.startedAt ?? "") > inputsBy.at || first === undefined) {
    return undefined;
  }
  const since = new Date(inputsBy.at).toISOString();
  const by = saidTime(inputsBy.at, lane.schedule?.timezone);
  const reason = `the inputs should have been in by ${by}; ${missing.join(", ")} has not ended`;
  return signal(facts, "inputs-late", since, reason, followCommand(facts, first));
}

function failed(lane: Lane, facts: RunFacts): Signal {
  const gaveUp = facts.steps.filter((step) => step.state === "failed").map((step) => step.name);
  const why = gaveUp.length > 0 ? `${gaveUp.join(", ")} failed permanently` : (facts.message ?? "Argo gave no reason");
  const reason =
    facts.phase === "Gone" ? "the night was deleted before it ended" : `the night ended as ${facts.phase}: ${why}`;
  const from = gaveUp[0] === undefined ? "" : ` --from ${gaveUp[0]}`;
  const date = facts.businessDate ?? facts.expectedDate ?? "YYYY-MM-DD";
  const command = `nightlane replay ${seriesName(lane)} --date ${date}${from} --reason "..."`;
  return signal(facts, "failed", facts.finishedAt ?? facts.startedAt ?? "", reason, command);
}

/** A night that the schedule should have started, and that nobody has started since. */
function missed(lane: Lane, night: DueNight): Signal | undefined {
  if (night.standing !== "missed") {
    return undefined;
  }
  const { blockedBy } = night;
  return {
    key: `missed/${night.date}`,
    kind: "missed",
    customer: lane.customer,
    ...furtherOnly(lane),
    businessDate: night.date,
    since: new Date(night.start).toISOString(),
    reason: missedReason(night),
    // Two nights of a customer are not to run at once: what is in the way comes first.
    command:
      blockedBy === undefined || isOver(blockedBy)
        ? `nightlane run ${seriesName(lane)} --date ${night.date} --reason "..."`
        : `nightlane show ${seriesName(lane)} --night ${blockedBy.night}`,
    runbook: runbookEntry("missed"),
  };
}

function stateOf({ runs }: Lane, { uid }: RunFacts): WatchedRun["state"] {
  return runs.find(({ facts }) => facts.uid === uid)?.state;
}

function signal(facts: RunFacts, kind: CallReason, since: string, reason: string, command: string): Signal {
  return {
    key: kind,
    kind,
    ...aboutRun(facts, dateOf(facts)),
    since,
    reason,
    command,
    runbook: runbookEntry(kind),
  };
}
