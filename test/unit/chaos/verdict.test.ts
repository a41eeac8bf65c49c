import { describe, expect, test } from "vitest";
import type { Driver } from "../../chaos/site/driver-log.ts";
import { type Evidence, judge } from "../../chaos/verdict.ts";

function driver(started: number, ended?: number, succeeded = false): Driver {
  return { pod: `pod-${started}`, job: "job", labels: {}, started, ended, succeeded };
}

function verdictOn(changes: Partial<Evidence>): ReturnType<typeof judge> {
  return judge({
    fault: { name: "some-fault" },
    variant: "nightlane",
    end: { kind: "done" },
    drivers: [driver(1, 2, true)],
    home: "same",
    faultFree: "same",
    ...changes,
  });
}

describe("a fault that a night survives", () => {
  test("it ended well, with the results of a fault-free night and one start of the driver", () => {
    expect(verdictOn({})).toMatchObject({
      survived: true,
      held: false,
      doubleRun: false,
      lostResult: false,
      problem: "",
    });
  });

  test("a stop is not survival, and results that nobody brings home are lost", () => {
    const verdict = verdictOn({ end: { kind: "stopped", message: "gave up" }, home: undefined });
    expect(verdict).toMatchObject({ survived: false, held: false, lostResult: true });
    expect(verdict.problem).toBe("it needs a person: gave up");
  });

  test("a success without results, or with different ones, has lost them", () => {
    expect(verdictOn({ home: undefined })).toMatchObject({ survived: false, lostResult: true });
    expect(verdictOn({ home: "other" })).toMatchObject({ survived: false, lostResult: true });
  });

  test("a night that falls silent has lost its results if the driver had done its work", () => {
    expect(verdictOn({ end: { kind: "silent" }, home: undefined })).toMatchObject({
      survived: false,
      lostResult: true,
    });
    const drivers = [driver(1, 2)];
    expect(verdictOn({ end: { kind: "silent" }, home: undefined, drivers })).toMatchObject({ lostResult: false });
  });

  test("a lane's driver starts exactly as often as the fault explains", () => {
    const drivers = [driver(1, 2), driver(3, 4, true)];
    expect(verdictOn({ drivers }).problem).toBe("the driver was started 2 times instead of 1");
    expect(verdictOn({ drivers, fault: { name: "job-suspended", drivers: 2 } }).survived).toBe(true);
    expect(verdictOn({ drivers, variant: "bash" }).survived).toBe(true);
  });
});

describe("a fault whose trouble lasts", () => {
  const fault = { name: "token-ended", told: "credential" } as const;

  test("is survived if people were told of it, among others", () => {
    const notices = [
      { kind: "unreachable", words: "cannot be reached", seconds: 3 },
      { kind: "credential", words: "is not accepted", seconds: 151 },
    ] as const;
    expect(verdictOn({ fault, notices })).toMatchObject({ survived: true, notices });
  });

  test("is not where they were told nothing, or of something else", () => {
    const problem = "people are not told of the trouble credential";
    expect(verdictOn({ fault, notices: [] })).toMatchObject({ survived: false, problem });
    const notices = [{ kind: "suspended", words: "is suspended", seconds: 151 }] as const;
    expect(verdictOn({ fault, notices }).problem).toBe(problem);
  });

  test("is not judged by that where nobody watched, or for a baseline, which tells nobody anything", () => {
    expect(verdictOn({ fault }).survived).toBe(true);
    expect(verdictOn({ fault, notices: [], variant: "bash" }).survived).toBe(true);
  });
});

describe("a fault after which a person decides", () => {
  const fault = { name: "driver-oom", held: /OOMKilled/ };

  test("the night waits, and says why", () => {
    const end = { kind: "stopped", message: "driver pod x ended with exit code 137 (OOMKilled)" } as const;
    const drivers = [driver(1, 2)];
    expect(verdictOn({ fault, end, drivers, home: undefined })).toMatchObject({
      survived: false,
      held: true,
      problem: "",
    });
  });

  test("showing another message, or going on, is wrong", () => {
    const end = { kind: "stopped", message: "exit code 1" } as const;
    expect(verdictOn({ fault, end, home: undefined }).problem).toBe("a person is shown something else: exit code 1");
    expect(verdictOn({ fault }).problem).toBe("it went on where a person must decide");
  });
});

describe("a double run", () => {
  test("is a start while an earlier driver runs, or after one that has done the work", () => {
    expect(verdictOn({ drivers: [driver(1, 5), driver(3, 6, true)] }).doubleRun).toBe(true);
    expect(verdictOn({ drivers: [driver(1), driver(3)] }).doubleRun).toBe(true);
    expect(verdictOn({ drivers: [driver(1, 2, true), driver(3, 4, true)] }).doubleRun).toBe(true);
  });

  test("is not a start after one that failed", () => {
    expect(verdictOn({ drivers: [driver(1, 3), driver(3, 6, true)] }).doubleRun).toBe(false);
  });
});
