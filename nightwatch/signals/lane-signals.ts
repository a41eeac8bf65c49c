import { type CallReason, runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import type { DueNight } from "../../runs/due-nights.ts";
import { furtherOnly, seriesName } from "../../runs/night-series.ts";
import { ABSENT_GRACE, type Lane, type LaneFault } from "../lane.ts";
import type { Signal } from "./signal.ts";

/** Problems of a lane apart from its nights: missing data must not look as if all were well. @param now Milliseconds. */
export function laneSignals(lane: Lane, now: number): readonly Signal[] {
  return [...lane.problems.map((problem) => fromProblem(lane, problem)), ...unscheduled(lane, now)];
}

const WHAT: Readonly<Record<LaneFault["kind"], (object: string) => string>> = {
  refused: (object) => `Argo cannot start the ${object}`,
  unreadable: (object) => `the ${object} cannot be read`,
  "not-recorded": (object) => `the ${object} cannot be written`,
};

function fromProblem(lane: Lane, { kind, object, reason, since }: LaneFault): Signal {
  return signal(lane, {
    kind,
    key: `${kind}/${object}`,
    labels: { object },
    since,
    reason: `${WHAT[kind](object)}: ${reason}`,
    command: kind === "unreadable" ? `nightlane show ${seriesName(lane)}` : "nightlane nights",
  });
}

/**
 * A suspension is intended: it is a signal only once a night was due, one for each date that it affected, and then until
 * a person has seen to that date.
 */
function unscheduled(lane: Lane, now: number): readonly Signal[] {
  const { scheduling, nights, absentSince } = lane;
  const leftOut = nights.filter(({ standing, waived }) => standing === "suspended" && waived === undefined);
  return [
    ...(scheduling === "absent" && absentSince !== undefined && now - absentSince >= ABSENT_GRACE
      ? [absentSignal(lane, absentSince)]
      : []),
    ...(scheduling === "removed" ? [] : leftOut.map((night) => leftOutSignal(lane, night, night === leftOut.at(-1)))),
  ];
}

function absentSignal(lane: Lane, since: number): Signal {
  return signal(lane, {
    kind: "unscheduled",
    key: "unscheduled/absent",
    since,
    reason: "the lane has no schedule: no night will start",
    command: `nightlane history ${seriesName(lane)}`,
  });
}

function leftOutSignal(lane: Lane, { date, start }: DueNight, isLast: boolean): Signal {
  const about = { kind: "unscheduled", key: `unscheduled/${date}`, businessDate: date, since: start } as const;
  if (isLast && lane.scheduling === "suspended") {
    const reason = `the schedule is suspended: the night of ${date} was not started, nor will the next ones be`;
    return signal(lane, { ...about, reason, command: `nightlane history ${seriesName(lane)}` });
  }
  const reason = `the schedule was suspended at the start of the night of ${date}: it was not started, and nobody has run or waived it`;
  return signal(lane, {
    ...about,
    reason,
    command: `nightlane run ${seriesName(lane)} --date ${date} --reason "..."`,
  });
}

function signal(
  lane: Lane,
  {
    kind,
    since,
    ...rest
  }: { kind: CallReason; since: number } & Pick<Signal, "key" | "labels" | "businessDate" | "reason" | "command">,
): Signal {
  const about = { customer: lane.customer, ...furtherOnly(lane) };
  return { ...rest, ...about, kind, since: new Date(since).toISOString(), runbook: runbookEntry(kind) };
}
