import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ExitCode } from "../../../ops/exit-code.ts";
import { pastNights, scenariosSince } from "../../support/past-nights.ts";
import { cron, NOW, night } from "./support/fleet.ts";
import { StandInApi } from "./support/stand-in-api.ts";
import { expectWidth, onTerminal, piped, uncoloured } from "./support/terminal.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

const STARTED = "2026-11-26T21:30:00Z";

/** nordbank at 03:10, after so many nights that ended at 04:06; tonight's market took until 02:00 in place of 23:00. */
async function lane(nights: number): Promise<StandInApi> {
  const api = await StandInApi.start();
  const workflow = night("nordbank", { open: "yes", nodes: scenariosSince(STARTED, "2026-11-27T01:00:00Z") });
  api.lane("nordbank", { cron: cron("nordbank"), workflows: [workflow] });
  for (const facts of pastNights(nights, "2026-11-02T21:30:00Z")) {
    api.record(facts);
  }
  return api;
}

describe("show", () => {
  test("says when the night and its steps are expected to end, and what the end waits for", async () => {
    const api = await lane(20);
    const result = await onTerminal("show", "nordbank", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done, err: "" });
    expectWidth(result.out, 80);
    const text = uncoloured(result.out);
    expect(text).toMatch(/^ {2}expected to end 0[67]:\d\d CET \(0[67]:\d\d CET to 0[67]:\d\d CET\), \S+ late$/m);
    expect(text).toMatch(/▶ scenarios .*ends 0[67]:\d\d CET, critical/);
    expect(text).toMatch(/· sign-off .*ends 0[67]:\d\d CET, critical/);
  });

  test("says it to machines too", async () => {
    const api = await lane(20);
    const result = await piped("show", "nordbank", "-o", "json", "--kubeconfig", api.kubeconfig());
    const { forecast } = JSON.parse(result.out);
    expect(forecast).toMatchObject({ criticalPath: ["scenarios", "sign-off"], unknown: [] });
    expect(forecast.end.expected).toMatch(/^2026-11-27T0[56]:\d\d:\d\d.000Z$/);
    expect(forecast.steps).toMatchObject([{ step: "scenarios", slackSeconds: 0 }, { step: "sign-off" }]);
  });

  test("says nothing where too few nights are known, but which steps these are", async () => {
    const api = await lane(2);
    const result = await piped("show", "nordbank", "--kubeconfig", api.kubeconfig());
    expect(result.out).not.toContain("expected to end");
    expect(result.out).toContain("no expected end: too few nights are known of scenarios");
    const none = await lane(0);
    expect((await piped("show", "nordbank", "--kubeconfig", none.kubeconfig())).out).not.toContain("expected");
  });
});

describe("nights", () => {
  test("has what nightwatch expects, and counts the nights that will be late", async () => {
    const api = await lane(0);
    const [facts] = pastNights(1, STARTED);
    if (facts === undefined) {
      throw new Error("no night");
    }
    const { finishedAt: _, ...running } = facts;
    const forecast = {
      at: "2026-11-27T02:00:00Z",
      expectedEnd: "2026-11-27T06:12:00Z",
      willMiss: true,
      criticalPath: ["scenarios"],
    };
    const tonight = { night: "night-2026-11-26-run-1", uid: "nordbank-night-2026-11-26-run-1" };
    api.record({ ...running, ...tonight, phase: "Running", forecast });
    const result = await onTerminal("nights", "--kubeconfig", api.kubeconfig());
    expectWidth(result.out, 80);
    const text = uncoloured(result.out);
    expect(text).toContain("1 customer: 1 expected late");
    expect(text).toMatch(/CUSTOMER +DATE +STEPS +EXPECTED +FINISH BY/);
    expect(text).toMatch(/nordbank +2026-11-26 +1\/3 +07:12 CET +06:00 CET in 2h50/);
    const { items } = JSON.parse((await piped("nights", "-o", "json", "--kubeconfig", api.kubeconfig())).out);
    expect(items).toMatchObject([{ customer: "nordbank", forecast }]);
  });

  test("has no column for what nobody expects", async () => {
    const api = await lane(0);
    expect((await piped("nights", "--kubeconfig", api.kubeconfig())).out).not.toContain("EXPECTED");
  });
});

describe("what a pause would cost", () => {
  /** Each time in a lane of its own: the stand-in keeps what a dry run only tries. */
  async function pause(nights: number, ...more: readonly string[]) {
    const api = await lane(nights);
    return piped("pause", "nordbank", "--reason", "to know", ...more, "--kubeconfig", api.kubeconfig());
  }

  test("is said of a dry run: until when it is free, and what it costs beyond", async () => {
    expect((await pause(20, "--dry-run")).out).toMatch(
      /expected to end at 0[67]:\d\d CET: until 0[67]:\d\d CET it costs nothing/,
    );
    const long = await pause(20, "--dry-run", "--until", "09:00");
    expect(long.out).toMatch(/if this lasts until 09:00 CET at 09:00 CET, [12]h\d\d later/);
    expect((await pause(20, "--dry-run", "--until", "03:30")).out).toContain("until 03:30 CET it costs nothing");
    expect((await pause(20)).out).not.toContain("expected");
  });

  test("is not known after too few nights, and only asked of a dry run", async () => {
    expect((await pause(2, "--dry-run")).out).toContain("the cost is not known: too few nights are recorded");
    expect(await pause(20, "--until", "03:30")).toMatchObject({ code: ExitCode.usage });
    const wrong = await pause(20, "--dry-run", "--until", "3 o'clock");
    expect(wrong).toMatchObject({ code: ExitCode.usage });
    expect(wrong.err).toContain("HH:MM");
  });
});
