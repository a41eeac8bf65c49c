import { describe, expect, test } from "vitest";
import { faults } from "../../chaos/faults/registry.ts";
import type { Call } from "../../soak/calls.ts";
import { findings, type Happened } from "../../soak/findings.ts";
import { lastLine } from "../../soak/report.ts";
import { soakFaults } from "../../soak/soak-faults.ts";
import type { WatchedNight } from "../../soak/watched-night.ts";

const AT = Date.parse("2026-11-28T22:00:00Z");
const OVER = AT + 180_000;

const FAULT_FREE: WatchedNight = {
  planned: { customer: "nordbank", minute: 0, wait: 0 },
  workflow: "night-1",
  at: AT,
  over: OVER,
  evidence: {
    fault: { name: "fault-free" },
    variant: "nightlane",
    end: { kind: "done" },
    drivers: [driver(AT)],
    home: "same",
  },
  missed: false,
  deleted: false,
  problems: [],
};

function driver(started: number) {
  return { pod: "driver", job: "job", labels: {}, started, ended: started + 60_000, succeeded: true };
}

function nightWith(name: string, changes: Partial<WatchedNight["evidence"]> = {}): WatchedNight {
  const fault = soakFaults.find((one) => one.name === name);
  const chaos = faults.find((one) => one.name === name);
  if (fault === undefined || chaos === undefined) {
    throw new Error(`there is no fault ${name}`);
  }
  return {
    ...FAULT_FREE,
    planned: { customer: "chaosbank", minute: 1, wait: 0, fault },
    workflow: "night-2",
    evidence: { ...FAULT_FREE.evidence, fault: chaos, ...changes },
  };
}

const HELD = nightWith("job-deleted", {
  end: { kind: "stopped", message: "the Job was deleted" },
  drivers: [{ ...driver(AT), succeeded: false }],
  home: undefined,
});

const call = (alert: string, customer: string, since = AT + 60_000): Call => ({
  key: `${alert}/${customer}`,
  alert,
  customer,
  step: "revaluation",
  since,
  command: `nightlane show ${customer}`,
  isOver: true,
});

function happened(nights: readonly WatchedNight[], calls: readonly Call[] = [], code = 0): Happened {
  const typed = calls.map((one) => ({
    call: one,
    result: { command: one.command, code, output: "said", stdout: "said", stderr: "" },
  }));
  return { nights, calls, typed, standing: [] };
}

const line = (one: Happened): string => lastLine(findings(one)).replace("soak: ", "");
const CLEAN = "0 missed, 0 false calls, 0 double runs, 0 lost results";

describe("the verdict on a soak", () => {
  test("is success for a night that ended by itself, and for one held with the right call", () => {
    expect(line(happened([FAULT_FREE, HELD], [call("NightlaneJobLost", "chaosbank")]))).toBe(
      `2 nights due, 1 succeeded, 1 held with the right call, ${CLEAN}`,
    );
  });

  test.each([
    ["of another alert", call("NightlaneStepNeedsDecision", "chaosbank")],
    ["for another customer", call("NightlaneJobLost", "nordbank")],
    ["from before the night", call("NightlaneJobLost", "chaosbank", AT - 1)],
    ["from after its end", call("NightlaneJobLost", "chaosbank", OVER + 1)],
  ])("counts a call %s as false", (_, wrong) => {
    const found = findings(happened([FAULT_FREE, HELD], [call("NightlaneJobLost", "chaosbank"), wrong]));
    expect(found.falseCalls).toHaveLength(1);
    expect(found.falseCalls[0]?.why).toContain("nothing explains it");
  });

  test("counts a call as false if its command does not work, nobody answered it, or it is not resolved", () => {
    const right = call("NightlaneJobLost", "chaosbank");
    expect(findings(happened([HELD], [right], 3)).falseCalls[0]?.why).toContain("exit code 3");
    expect(findings({ ...happened([HELD], [right]), typed: [] }).falseCalls[0]?.why).toContain("nobody has answered");
    expect(findings({ ...happened([HELD]), standing: ["NightlaneJobLost"] }).falseCalls[0]?.why).toContain("stands");
  });

  test("accepts a call, or none, for trouble that lasts about as long as the alert waits", () => {
    const away = nightWith("customer-api-down");
    expect(findings(happened([FAULT_FREE, away])).falseCalls).toEqual([]);
    expect(findings(happened([FAULT_FREE, away], [call("NightlaneStepTrouble", "chaosbank")])).falseCalls).toEqual([]);
    expect(findings(happened([FAULT_FREE], [call("NightlaneStepTrouble", "nordbank")])).falseCalls).toHaveLength(1);
  });

  test("counts a night that should not have stopped once, and not its call", () => {
    const stopped = nightWith("copy-cut", { end: { kind: "stopped", message: "exit code 20" }, home: undefined });
    const found = happened([FAULT_FREE, stopped], [call("NightlaneStepNeedsDecision", "chaosbank")]);
    expect(line(found)).toBe(
      "2 nights due, 1 succeeded, 0 held with the right call, 0 missed, 0 false calls, 0 double runs, 1 lost results",
    );
  });

  test("counts what was missed, ran twice, or brought other results home", () => {
    const missed: WatchedNight = {
      ...FAULT_FREE,
      evidence: { ...FAULT_FREE.evidence, end: { kind: "running" }, drivers: [], home: undefined },
      missed: true,
      problems: ["the schedule does not start night-1"],
    };
    const called = [call("NightlaneNightMissed", "nordbank", OVER + 60_000)];
    expect(line(happened([missed], called))).toBe(
      "1 nights due, 0 succeeded, 0 held with the right call, 1 missed, 0 false calls, 0 double runs, 0 lost results",
    );
    const twice = nightWith("copy-cut", { drivers: [driver(AT), driver(AT + 30_000)] });
    expect(line(happened([FAULT_FREE, twice]))).toContain("1 double runs");
    const other = nightWith("copy-cut", { home: "other" });
    expect(line(happened([FAULT_FREE, other]))).toContain(
      "1 succeeded, 0 held with the right call, 0 missed, 0 false calls, 0 double runs, 1 lost results",
    );
  });

  test("does not count a night as held where something was wrong with the call or the decision", () => {
    const found = findings(happened([{ ...HELD, problems: ["no call came"] }]));
    expect(found.nights).toMatchObject([{ held: false, succeeded: false, problem: "no call came" }]);
  });
});
