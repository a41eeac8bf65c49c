import { type CallReason, runbookEntry } from "../../constructs/platform/alerts/runbook.ts";
import { furtherOnly, seriesName } from "../../runs/night-series.ts";
import { ABSENT_GRACE, type Lane, type LaneProblem } from "../lane.ts";
import type { Signal } from "./signal.ts";

/** Problems of a lane apart from its nights: missing data must not look as if all were well. @param now Milliseconds. */
export function laneSignals(lane: Lane, now: number): readonly Signal[] {
  return [...lane.problems.map((problem) => fromProblem(lane, problem)), ...unscheduled(lane, now)];
}

const WHAT: Readonly<Record<LaneProblem["kind"], (object: string) => string>> = {
  refused: (object) => `Argo cannot start the ${object}`,
  unreadable: (object) => `the ${object} cannot be read`,
  "not-recorded": (object) => `the ${object} cannot be written`,
};

function fromProblem(lane: Lane, { kind, object, reason, since }: LaneProblem): Signal {
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
 * A suspension is intended: it is a signal only once a night was due, and then until a person has seen to each date
 * that it affected.
 */
function unscheduled(lane: Lane, now: number): readonly Signal[] {
  const { scheduling, nights, absentSince } = lane;
  const history = `nightlane history ${seriesName(lane)}`;
  if (scheduling === "absent" && absentSince !== undefined && now - absentSince >= ABSENT_GRACE) {
    const reason = "the lane has no schedule: no night will start";
    return [unscheduledSignal(lane, "absent", absentSince, reason, history)];
  }
  const fell = nights.filter(({ standing, waived }) => standing === "suspended" && waived === undefined);
  const [first] = fell;
  const last = fell.at(-1);
  if (first === undefined || last === undefined || scheduling === "removed") {
    return [];
  }
  if (scheduling === "suspended") {
    const reason = `the schedule is suspended: the night of ${last.date} was not started, nor will the next ones be`;
    return [unscheduledSignal(lane, "suspended", last.start, reason, history)];
  }
  const dates = fell.map(({ date }) => date).join(", ");
  const reason = `the schedule was suspended at the start of the night of ${dates}: it was not started, and nobody has run or waived it`;
  const run = `nightlane run ${seriesName(lane)} --date ${first.date} --reason "..."`;
  return [unscheduledSignal(lane, "suspended", first.start, reason, run)];
}

function unscheduledSignal(lane: Lane, key: string, since: number, reason: string, command: string): Signal {
  return signal(lane, { kind: "unscheduled", key: `unscheduled/${key}`, since, reason, command });
}

function signal(
  lane: Lane,
  { kind, since, ...rest }: { kind: CallReason; since: number } & Pick<Signal, "key" | "labels" | "reason" | "command">,
): Signal {
  const about = { customer: lane.customer, ...furtherOnly(lane) };
  return { ...rest, ...about, kind, since: new Date(since).toISOString(), runbook: runbookEntry(kind) };
}
