import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ExitCode } from "../../../ops/exit-code.ts";
import type { NightLine } from "../../../ops/overview/night-line.ts";
import { actAnnotation } from "../../../runs/act.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import type { RunFacts } from "../../../runs/run-record.ts";
import { confirming, cron, deciding, type FleetNight, NOW, night, passed, running } from "./support/fleet.ts";
import { attemptNodes, stepNode } from "./support/night-workflow.ts";
import { type Misbehaviour, StandInApi } from "./support/stand-in-api.ts";
import { controlCharacters, expectWidth, type Outcome, onTerminal, piped, uncoloured } from "./support/terminal.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** 40 customers at 03:10: one of each kind of trouble, the others run or are done. */
async function fleet(): Promise<StandInApi> {
  const api = await StandInApi.start();
  api.lane("missedbank", {
    cron: cron("missedbank", { since: "2026-11-24T22:00:00Z" }),
    workflows: [
      night("missedbank", {
        date: "2026-11-25",
        phase: "Succeeded",
        open: "yes",
        nodes: passed(),
        startedAt: "2026-11-25T21:30:00Z",
        finishedAt: "2026-11-26T01:40:00Z",
      }),
    ],
  });
  api.lane("replaybank", {
    cron: cron("replaybank"),
    workflows: [
      night("replaybank", { phase: "Failed", open: "yes", nodes: running() ?? [] }),
      night("replaybank", {
        date: "2026-10-02",
        run: 2,
        open: "yes",
        nodes: running() ?? [],
        startedAt: "2026-11-27T01:50:00Z",
      }),
    ],
  });
  const foreign =
    "Job nl-scenarios failed:\n\u001b[2J\u001b]0;owned\u0007 out of memory in 東京 — and a great deal more";
  api.lane("decidebank-with-a-long-name", {
    cron: cron("decidebank-with-a-long-name"),
    workflows: [night("decidebank-with-a-long-name", { open: "yes", nodes: deciding(foreign) ?? [] })],
  });
  api.lane("gatebank", {
    cron: cron("gatebank"),
    workflows: [night("gatebank", { open: "yes", nodes: confirming() ?? [] })],
  });
  api.lane("pausedbank", {
    cron: cron("pausedbank"),
    workflows: [night("pausedbank", { open: "yes", nodes: running() ?? [], paused: true })],
  });
  api.lane("latebank", {
    cron: cron("latebank", { finishBy: "03:00" }),
    workflows: [night("latebank", { open: "yes", nodes: running() ?? [] })],
  });
  api.lane("lostbank", { workflows: [night("lostbank", { open: "yes", nodes: deciding("exit code 10") ?? [] })] });
  api.lane("newbank", { cron: cron("newbank", { since: "2026-11-27T01:00:00Z" }) });
  api.lane("badbank", { cron: { ...cron("badbank"), spec: { ...cron("badbank").spec, timezone: "Mars/Base" } } });
  for (let index = 10; index < 40; index += 1) {
    const name = `customer${index}`;
    const parts = index < 25 ? { nodes: running() ?? [] } : { nodes: passed(), phase: "Succeeded" as const };
    api.lane(name, { cron: cron(name), workflows: [night(name, { open: "yes", ...parts })] });
  }
  api.lane("brokenbank", { cron: cron("brokenbank"), workflows: [night("brokenbank", { open: "yes" })] });
  return api;
}

/** Nodes of a night whose step scenarios is tried again and again. */
function troubled() {
  const message = `main: Error (exit code 21): TROUBLE image since ${new Date(NOW - 200_000).toISOString()}: No such image.`;
  const pods = attemptNodes("scenarios", 1, { phase: "Running" }).flatMap((one) => {
    const failed = { ...one, id: "try-1", phase: "Failed", message, outputs: { exitCode: "21" } } as const;
    return one.type === "Pod" ? [failed, { ...one, startedAt: new Date(NOW - 40_000).toISOString() }] : [one];
  });
  return [stepNode("scenarios", "Running"), ...pods];
}

function lineOf(customer: string, { out }: Outcome): string {
  return (
    uncoloured(out)
      .split("\n")
      .find((line) => line.startsWith(customer)) ?? ""
  );
}

describe("nights, on 80x24 with 40 customers", () => {
  test("fits the screen, the worst first, and folds what needs nobody", async () => {
    const api = await fleet();
    const result = await onTerminal("nights", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done, err: "" });
    expectWidth(result.out, 80);
    const lines = uncoloured(result.out).trimEnd().split("\n");
    expect(lines.length).toBeLessThan(24);
    expect(lines.slice(0, 3).join(" ")).toContain(
      "40 customers: 1 missed, 1 failed, 2 waiting for a decision, 1 late, 1 waiting for a confirmation, 1 paused",
    );
  });

  test("shows a night that was due and never started, not the good one before it", async () => {
    const api = await fleet();
    const result = await onTerminal("nights", "--kubeconfig", api.kubeconfig());
    expect(lineOf("missedbank", result)).toMatch(/^missedbank +2026-11-26 .* MISSED since 22:45 CET$/);
  });

  test("lets no replay stand for tonight's night", async () => {
    const api = await fleet();
    const result = await onTerminal("nights", "--kubeconfig", api.kubeconfig());
    expect(lineOf("replaybank", result)).toMatch(/^replaybank +2026-11-26 .*FAILED at 02:40 CET$/);
    expect(uncoloured(result.out)).toMatch(/^replaybank +2026-10-02 +1\/3 +- +scenarios; run 2$/m);
  });

  test("shows a repeat that failed after a good night, which a person is called for, until somebody waives it", async () => {
    const api = await StandInApi.start();
    const good = night("nordbank", { phase: "Succeeded", open: "yes", nodes: passed() });
    const repeat = night("nordbank", {
      run: 2,
      phase: "Failed",
      open: "yes",
      nodes: running() ?? [],
      startedAt: "2026-11-27T01:50:00Z",
      finishedAt: "2026-11-27T02:00:00Z",
    });
    api.lane("nordbank", { cron: cron("nordbank"), workflows: [good, repeat] });
    const lines = async (...more: readonly string[]): Promise<string> =>
      uncoloured((await onTerminal("nights", ...more, "--kubeconfig", api.kubeconfig())).out);
    expect(await lines()).toMatch(/^nordbank +2026-11-26 .*FAILED at 03:00 CET; run 2$/m);
    expect(await lines("--waiting")).toContain("failed night");
    const waive = { verb: "waive", by: "anna@vendor.example", reason: "an audit of a closed quarter" } as const;
    const annotations = {
      ...repeat.metadata.annotations,
      ...actAnnotation({ ...waive, at: "2026-11-27T02:05:00Z", id: "act-20261127020500000-000001" }),
    };
    api.lane("nordbank", {
      cron: cron("nordbank"),
      workflows: [good, { ...repeat, metadata: { ...repeat.metadata, annotations } }],
    });
    expect(await lines()).not.toContain("FAILED");
    expect(await lines("--waiting")).toContain("nothing waits for a person");
  });

  test("shows a night that failed by its record, though Argo calls it a success", async () => {
    const api = await StandInApi.start();
    const [attempt] = attemptNodes("scenarios", 1, { phase: "Succeeded" });
    const nodes = [stepNode("scenarios", "Succeeded"), attempt].filter((node) => node !== undefined);
    const ended = { open: "yes", phase: "Succeeded" } as const;
    const times = { startedAt: "2026-11-25T21:30:00Z", finishedAt: "2026-11-26T01:40:00Z" };
    const hollow = night("nordbank", { ...ended, ...times, date: "2026-11-25", nodes });
    api.lane("nordbank", {
      cron: cron("nordbank"),
      workflows: [night("nordbank", { ...ended, nodes: passed() }), hollow],
    });
    api.record(runFacts(hollow, undefined, NOW));
    const result = await onTerminal("nights", "--kubeconfig", api.kubeconfig());
    expect(uncoloured(result.out)).toMatch(/^nordbank +2026-11-25 .*FAILED/m);
  });

  test("says of a failed night that was waived who did, and asks nobody for it", async () => {
    const api = await StandInApi.start();
    const failed = night("nordbank", { phase: "Failed", open: "yes", nodes: running() ?? [] });
    const act = {
      verb: "waive",
      by: "anna@vendor.example",
      reason: "holiday of the market",
      at: "2026-11-27T02:05:00Z",
      id: "act-20261127020500000-000001",
    } as const;
    api.lane("nordbank", {
      cron: cron("nordbank"),
      workflows: [{ ...failed, metadata: { ...failed.metadata, annotations: actAnnotation(act) } }],
    });
    const result = await onTerminal("nights", "--kubeconfig", api.kubeconfig());
    expect(lineOf("nordbank", result)).toMatch(/failed, waived by anna@vendor/);
    expect(uncoloured(result.out)).toContain("1 waived");
    expect(uncoloured((await onTerminal("nights", "--waiting", "--kubeconfig", api.kubeconfig())).out)).toContain(
      "nothing waits for a person",
    );
  });

  test("shows a date that fell into a suspension, once the schedule is on again, until somebody waives it", async () => {
    const api = await StandInApi.start();
    const good = night("nordbank", { phase: "Succeeded", open: "yes", nodes: passed() });
    const { startedAt: _, ...run } = runFacts(good, undefined, NOW);
    const start = { scheduledAt: "2026-11-25T21:30:00Z", finishedAt: "2026-11-25T21:30:10Z" };
    const never = { night: "missed-2026-11-25", uid: "missed/nordbank/2026-11-25", businessDate: "2026-11-25" };
    const suspended: RunFacts = { ...run, ...never, ...start, runNumber: 0, phase: "Suspended", steps: [] };
    api.lane("nordbank", { cron: cron("nordbank"), workflows: [good] });
    const lines = async (acts: RunFacts["acts"], ...more: readonly string[]): Promise<string> => {
      api.record({ ...suspended, acts });
      return uncoloured((await onTerminal("nights", ...more, "--kubeconfig", api.kubeconfig())).out);
    };
    expect(await lines([])).toMatch(/^nordbank +2026-11-25 .*not started, the schedule was suspended$/m);
    expect(await lines([], "--waiting")).toContain("night left out");
    const waive = {
      id: "w",
      verb: "waive",
      by: "anna@vendor.example",
      reason: "r",
      at: "2026-11-26T09:00:00Z",
    } as const;
    expect(await lines([waive])).not.toContain("2026-11-25");
  });

  test("misses no date of a time in which the schedule was removed on purpose, as nightwatch has noted", async () => {
    const api = await StandInApi.start();
    const before = { startedAt: "2026-11-23T21:30:00Z", finishedAt: "2026-11-24T01:40:00Z" };
    const parameters = { "scheduled-time": before.startedAt };
    const good = { date: "2026-11-23", phase: "Succeeded", open: "yes", nodes: passed(), ...before } as const;
    const last = night("nordbank", { ...good, parameters });
    api.lane("nordbank", { cron: cron("nordbank"), workflows: [last, night("nordbank", { open: "yes" })] });
    const lines = async (acts: RunFacts["acts"]): Promise<string> => {
      api.record({ ...runFacts(last, undefined, NOW), customer: "nordbank", acts });
      return uncoloured((await onTerminal("nights", "--kubeconfig", api.kubeconfig())).out);
    };
    const off = { id: "o", verb: "schedule-off", by: "nightwatch", reason: "r", at: "2026-11-24T09:00:00Z" } as const;
    expect(await lines([])).toMatch(/^nordbank +2026-11-25 .*MISSED/m);
    expect(await lines([off])).not.toMatch(/2026-11-2[45]/);
  });

  test("counts a replay beside tonight's night that is done", async () => {
    const api = await StandInApi.start();
    const replay = { run: 2, open: "yes", nodes: running() ?? [], startedAt: "2026-11-27T01:50:00Z" } as const;
    api.lane("nordbank", {
      cron: cron("nordbank"),
      workflows: [night("nordbank", { phase: "Succeeded", open: "yes", nodes: passed() }), night("nordbank", replay)],
    });
    const result = await onTerminal("nights", "--kubeconfig", api.kubeconfig());
    expect(lineOf("nordbank", result)).toMatch(/done 02:40 CET; \+1 r/);
  });

  describe("with two replays of a date that ended well", () => {
    const good = { date: "2026-11-25", open: "yes", startedAt: "2026-11-25T21:30:00Z" } as const;
    const ended = { phase: "Succeeded", nodes: passed(), finishedAt: "2026-11-26T01:40:00Z" } as const;
    const replay = { ...good, startedAt: "2026-11-27T01:50:00Z", nodes: running() ?? [] };

    async function nights(second: FleetNight, tonight: FleetNight, ...more: readonly string[]): Promise<string> {
      const api = await StandInApi.start();
      const all = [{ open: "yes", ...tonight } as const, { ...good, ...ended }, second, { ...replay, run: 3 }];
      api.lane("nordbank", { cron: cron("nordbank"), workflows: all.map((one) => night("nordbank", one)) });
      return uncoloured((await onTerminal("nights", ...more, "--kubeconfig", api.kubeconfig())).out);
    }

    test.each([
      ["paused", { paused: true }, "PAUSED; scenarios; run 2"],
      ["in trouble", { nodes: troubled() }, "scenarios: the image cannot.*"],
    ] as const)("shows the one that is %s, which a person is called for", async (_, parts, state) => {
      const out = await nights({ ...replay, run: 2, ...parts }, { nodes: running() ?? [] });
      expect(out).toMatch(new RegExp(`^nordbank +2026-11-25 .*${state}$`, "m"));
      expect(out).not.toContain("run 3");
    });

    test("says how a paused one goes on, and which it is", async () => {
      const tonight = { phase: "Succeeded", nodes: passed() } as const;
      const out = await nights({ ...replay, run: 2, paused: true }, tonight, "--waiting");
      expect(out.replaceAll(/\s+/g, " ")).toContain(
        "nightlane resume nordbank --night night-2026-11-25-run-2 --reason",
      );
    });
  });

  test("says what waits for a person, the oldest deadline first, without the escape sequences of a message", async () => {
    const api = await fleet();
    const result = await onTerminal("nights", "--waiting", "--kubeconfig", api.kubeconfig());
    expectWidth(result.out, 80);
    expect(controlCharacters(result.out)).toEqual([]);
  });
});

test("nights reads of a run that ended well no more than its labels", async () => {
  const api = await StandInApi.start();
  api.lane("nordbank", {
    cron: cron("nordbank", { since: "2026-11-01T12:00:00Z" }),
    workflows: [night("nordbank", { open: "yes" })],
  });
  for (let day = 1; day < 26; day += 1) {
    const date = `2026-11-${String(day).padStart(2, "0")}`;
    const startedAt = `${date}T21:30:00Z`;
    const failed = day === 24 ? ({ phase: "Failed" } as const) : ({ phase: "Succeeded" } as const);
    const workflow = night("nordbank", { date, open: "yes", startedAt, finishedAt: `${date}T23:30:00Z`, ...failed });
    api.record({ ...runFacts(workflow, undefined, NOW), customer: "nordbank" });
  }
  const result = await piped("nights", "--kubeconfig", api.kubeconfig());
  expect(result.out).toMatch(/^1 customer: 1 failed, 1 running$/m);
  expect(result.out).toMatch(/^nordbank +2026-11-24 .*FAILED/m);
  expect(api.requests.filter((request) => /runrecords\/nordbank/.test(request))).toHaveLength(1);
});

describe("nights, for users who may list what all lanes have at once", () => {
  const asked = (api: StandInApi, path: RegExp): number => api.requests.filter((request) => path.test(request)).length;

  test("says the same as lane by lane", async () => {
    const api = await fleet();
    const laneByLane = await onTerminal("nights", "--all", "--kubeconfig", api.kubeconfig());
    api.seesAllLanes = true;
    const atOnce = await onTerminal("nights", "--all", "--kubeconfig", api.kubeconfig());
    expect(atOnce).toEqual(laneByLane);
  });

  test("takes the same few requests for 500 lanes that are recorded, and tells when each has ended", async () => {
    const api = await StandInApi.start();
    api.seesAllLanes = true;
    for (let index = 0; index < 500; index += 1) {
      const name = `bank-${index}`;
      const over = index % 2 === 0;
      const workflow = night(name, { open: "yes", ...(over ? { phase: "Succeeded", nodes: passed() } : {}) });
      api.lane(name, { cron: cron(name), workflows: [workflow] });
      api.record({ ...runFacts(workflow, undefined, NOW), customer: name });
    }
    const result = await piped("nights", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done, err: "" });
    expect(result.out).toMatch(/^500 customers: 250 running, 250 done$/m);
    expect(lineOf("bank-0 ", result)).toMatch(/2\/3 .* done 02:40 CET/);
    // The heads of recent records, of those without a date and of old failures, the runs that go on, and the nights
    // that ended.
    expect(asked(api, /runrecords$/)).toBe(5);
    expect(api.requests.length).toBe(8);
  });

  test("shows a date that nobody has seen to however old it is, and none that another run has repaired", async () => {
    const api = await StandInApi.start();
    for (const name of ["failedbank", "repairedbank", "undatedbank"]) {
      api.lane(name, { cron: cron(name), workflows: [night(name, { open: "yes" })] });
    }
    const record = (customer: string, number: number, parts: FleetNight): RunFacts => {
      const times = { startedAt: "2026-09-03T20:30:00Z", finishedAt: "2026-09-03T23:00:00Z" };
      const run = night(customer, { date: "2026-09-03", run: number, open: "yes", ...times, ...parts });
      return { ...runFacts(run, undefined, NOW), customer };
    };
    api.record(record("failedbank", 1, { phase: "Failed", nodes: running() ?? [] }));
    api.record(record("repairedbank", 1, { phase: "Failed", nodes: running() ?? [] }));
    api.record(record("repairedbank", 2, { phase: "Succeeded", nodes: passed() }));
    // It ended before its calendar: only the date that its start was for is known.
    const { businessDate = "", ...undated } = record("undatedbank", 1, { phase: "Failed", nodes: running() ?? [] });
    api.record({ ...undated, expectedDate: businessDate });
    api.record(record("undatedbank", 2, { phase: "Succeeded", nodes: passed() }));
    const json = JSON.parse((await piped("nights", "-o", "json", "--kubeconfig", api.kubeconfig())).out);
    const lines = json.items.map(({ customer, businessDate: date, standing }: NightLine) => [customer, date, standing]);
    expect(lines).toContainEqual(["failedbank", "2026-09-03", "failed"]);
    expect(lines.filter(([, date]: readonly string[]) => date === "2026-09-03")).toHaveLength(1);
  });

  test("asks a lane itself where a night has ended that nobody has recorded", async () => {
    const api = await StandInApi.start();
    api.seesAllLanes = true;
    api.lane("nordbank", {
      cron: cron("nordbank"),
      workflows: [night("nordbank", { open: "yes", phase: "Succeeded", nodes: passed() })],
    });
    api.lane("alpenkredit", { cron: cron("alpenkredit"), workflows: [night("alpenkredit", { open: "yes" })] });
    const result = await piped("nights", "--kubeconfig", api.kubeconfig());
    expect(lineOf("nordbank", result)).toMatch(/done 02:40 CET/);
    expect(asked(api, /customer-nordbank/)).toBeGreaterThan(0);
    expect(asked(api, /customer-alpenkredit/)).toBe(0);
  });

  test("asks a lane itself where the record of a night that has ended says that it runs", async () => {
    const api = await StandInApi.start();
    api.seesAllLanes = true;
    const ended = night("nordbank", { open: "yes", phase: "Succeeded", nodes: passed() });
    api.lane("nordbank", { cron: cron("nordbank"), workflows: [ended] });
    api.record({ ...runFacts(night("nordbank", { open: "yes" }), undefined, NOW), customer: "nordbank" });
    const result = await piped("nights", "--kubeconfig", api.kubeconfig());
    expect(lineOf("nordbank", result)).toMatch(/done 02:40 CET/);
  });
});

describe("nights, where one lane does not answer", () => {
  test.each<[Misbehaviour, number, string]>([
    [503, 100, "etcdserver: leader changed"],
    [401, 100, "does not know you"],
    ["reset", 100, "cannot be reached"],
    ["html", 100, "this is not a Kubernetes API server"],
    ["silent", 100, "did not answer in time"],
  ])("%s: that lane has its line with the reason, the others are shown", async (how, times, reason) => {
    const api = await fleet();
    api.trouble.set("customer-brokenbank", { how, times });
    const result = await onTerminal("nights", "--request-timeout", "1", "--kubeconfig", api.kubeconfig());
    expect(result.code).toBe(ExitCode.unreachable);
    expect(lineOf("brokenbank", result)).toContain("CANNOT BE READ");
    expect(result.err).toContain(reason);
    expect(lineOf("missedbank", result)).toContain("MISSED");
    expectWidth(result.out, 80);
  });

  test("tries again where that may help, and says so", async () => {
    const api = await fleet();
    api.trouble.set("customer-brokenbank", { how: 503, times: 2 });
    const result = await piped("nights", "--kubeconfig", api.kubeconfig());
    expect(result.code).toBe(ExitCode.done);
    expect(result.err).toContain("etcdserver: leader changed; trying again");
    expect(lineOf("brokenbank", result)).not.toContain("CANNOT");
  });

  test("makes a few requests at once", async () => {
    const api = await fleet();
    await piped("nights", "--kubeconfig", api.kubeconfig());
    expect(api.mostAtOnce).toBeLessThanOrEqual(8);
    expect(api.mostAtOnce).toBeGreaterThan(2);
  });
});

test("the sample in docs/operate.md is what the command prints", async () => {
  const api = await StandInApi.start();
  const lane = (customer: string, parts: Parameters<typeof night>[1]): void =>
    api.lane(customer, { cron: cron(customer), workflows: [night(customer, { open: "yes", ...parts })] });
  api.lane("westbank", { cron: cron("westbank") });
  lane("nordbank", { nodes: deciding("exit code 10") ?? [] });
  lane("alpenkredit", { nodes: confirming() ?? [] });
  lane("lakebank", { nodes: running() ?? [] });
  lane("ostbank", { nodes: [...passed(), stepNode("sign-off", "Succeeded")], phase: "Succeeded" });
  api.lane("newbank", { cron: cron("newbank", { since: "2026-11-27T01:00:00Z" }) });
  const { out } = await piped("nights", "--kubeconfig", api.kubeconfig());
  const document = readFileSync(new URL("../../../docs/operate.md", import.meta.url), "utf8");
  expect(/^```text\n(.*?)^```$/ms.exec(document)?.[1]).toBe(out);
});
