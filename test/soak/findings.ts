import { judge } from "../chaos/verdict.ts";
import type { Call } from "./calls.ts";
import type { Typed } from "./operator.ts";
import type { FalseCall, Findings, NightOutcome } from "./report.ts";
import type { WatchedNight } from "./watched-night.ts";

/** Alerts that call for a night that waits for a person, whatever made it wait. */
const WAITS: readonly string[] = ["NightlaneStepNeedsDecision", "NightlaneJobLost"];

/** Everything that happened in a soak. */
export interface Happened {
  readonly nights: readonly WatchedNight[];
  readonly calls: readonly Call[];
  readonly typed: readonly Typed[];
  /** What still calls after all nights have ended. */
  readonly standing: readonly string[];
}

/** Judges every night and every call. */
export function findings({ nights, calls, typed, standing }: Happened): Findings {
  const faultFree = nights.find(({ planned, evidence }) => planned.fault === undefined && evidence.home !== undefined);
  return {
    nights: nights.map((night) => outcome(night, faultFree?.evidence.home ?? "")),
    falseCalls: [
      ...calls.flatMap((call): readonly FalseCall[] => {
        const why = whatIsWrong(call, nights, typed);
        return why === "" ? [] : [{ call: call.key, why }];
      }),
      ...standing.map((call) => ({ call, why: "it still stands after all nights have ended" })),
    ],
  };
}

function outcome(night: WatchedNight, faultFree: string): NightOutcome {
  const verdict = judge({ ...night.evidence, faultFree });
  const problems = night.problems.length > 0 ? night.problems : [verdict.problem].filter((problem) => problem !== "");
  const { customer, fault } = night.planned;
  return {
    customer,
    night: night.workflow,
    ...(fault === undefined ? {} : { fault }),
    succeeded: verdict.survived && problems.length === 0,
    held: verdict.held && problems.length === 0,
    missed: night.missed,
    doubleRun: verdict.doubleRun,
    lostResult: verdict.lostResult && !night.missed,
    problem: problems.join("; "),
  };
}

/** What is wrong with a call: nothing explains it, or its command does not work. "" if nothing is wrong. */
function whatIsWrong(call: Call, nights: readonly WatchedNight[], typed: readonly Typed[]): string {
  if (!nights.some((night) => explains(night, call))) {
    return `nothing explains it (${call.command})`;
  }
  const result = typed.find((one) => one.call.key === call.key && one.call.since === call.since)?.result;
  if (result === undefined) {
    return "nobody has answered it";
  }
  return result.code === 0 ? "" : `"${call.command}" ended with exit code ${result.code}: ${result.output.trim()}`;
}

function explains({ planned, evidence, at, over, missed, deleted }: WatchedNight, call: Call): boolean {
  const { customer, fault } = planned;
  const isAbout = call.customer === customer || (call.customer === undefined && fault?.reach === "platform");
  if (!isAbout || call.since < at) {
    return false;
  }
  // A night that waits, is missing or was deleted is counted as such: a call for it is right.
  if (missed && call.alert === "NightlaneNightMissed") {
    return true;
  }
  if (deleted && call.alert === "NightlaneNightFailed") {
    return true;
  }
  if (call.since > over) {
    return false;
  }
  if (evidence.end.kind === "stopped" && WAITS.includes(call.alert)) {
    return fault?.call === undefined || call.alert === fault.call;
  }
  return call.alert === fault?.call || fault?.explains?.includes(call.alert) === true;
}
