import { describe, expect, test } from "vitest";
import { accounts, type Findings, isWell, lastLine, type NightOutcome } from "../../soak/report.ts";
import { soakFaults } from "../../soak/soak-faults.ts";

const NIGHT: NightOutcome = {
  customer: "nordbank",
  night: "night-1795904400",
  succeeded: true,
  held: false,
  missed: false,
  doubleRun: false,
  lostResult: false,
  problem: "",
};
const HELD: NightOutcome = { ...NIGHT, customer: "chaosbank", succeeded: false, held: true };
const WELL: Findings = { nights: [NIGHT, HELD], falseCalls: [] };
const failed = (changes: Partial<NightOutcome>): Findings => ({
  ...WELL,
  nights: [HELD, { ...NIGHT, succeeded: false, problem: "it has not come to an end in time", ...changes }],
});

describe("what a soak found", () => {
  test("is well where every night succeeded or was held with the right call", () => {
    expect(lastLine(WELL)).toBe(
      "soak: 2 nights due, 1 succeeded, 1 held with the right call, 0 missed, 0 false calls, 0 double runs, 0 lost results",
    );
    expect(isWell(WELL)).toBe(true);
    expect(accounts(WELL)).toEqual([]);
  });

  test("is not well without a night", () => {
    expect(isWell({ nights: [], falseCalls: [] })).toBe(false);
  });

  test.each([
    ["a night that did neither", failed({})],
    ["a missed night", failed({ missed: true })],
    ["a double run of a night that succeeded", failed({ succeeded: true, problem: "", doubleRun: true })],
    ["a lost result", failed({ lostResult: true })],
    ["a false call", { ...WELL, falseCalls: [{ call: "NightlaneNightLate/nordbank", why: "nothing explains it" }] }],
  ])("is not well with %s, and says which", (_, found) => {
    expect(isWell(found)).toBe(false);
    expect(accounts(found)).toHaveLength(1);
  });

  test("names the night, what happened to it, and what is wrong", () => {
    const fault = soakFaults.find(({ name }) => name === "copy-cut");
    const found = failed({ doubleRun: true, ...(fault === undefined ? {} : { fault }) });
    expect(accounts(found)).toEqual([
      "nordbank night-1795904400 (copy-cut): it has not come to an end in time; double run",
    ]);
  });
});
