import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ExitCode } from "../../../ops/exit-code.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import { confirming, cron, deciding, type FleetNight, NOW, night } from "./support/fleet.ts";
import { attemptNodes, stepNode } from "./support/night-workflow.ts";
import { StandInApi } from "./support/stand-in-api.ts";
import { type Outcome, piped } from "./support/terminal.ts";

const NIGHT = "night-2026-11-26-run-1";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"], shouldAdvanceTime: true });
});

afterEach(() => {
  vi.useRealTimers();
});

async function laneWith(parts: FleetNight): Promise<StandInApi> {
  const api = await StandInApi.start();
  api.lane("nordbank", { cron: cron("nordbank"), workflows: [night("nordbank", { open: "yes", ...parts })] });
  return api;
}

async function act(api: StandInApi, verb: string, step: string): Promise<Outcome> {
  const options = ["--reason", "test", "--wait", "1", "--kubeconfig", api.kubeconfig()];
  return piped(verb, "nordbank", step, ...options);
}

/** The API server takes what is written, and no controller acts on it. */
describe("without a controller", () => {
  test.each([
    ["retry", "scenarios", "attempt 2 of scenarios starts"],
    ["skip", "scenarios", "scenarios is left out"],
  ])("%s says that it was written and had no effect", async (verb, step, effect) => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    const result = await act(api, verb, step);
    expect(result).toMatchObject({ code: ExitCode.noEffectYet, out: "" });
    expect(result.err).toContain(effect);
    expect(result.err).toContain("Argo has not acted on it within 1 s");
    expect(result.err).toContain(`nightlane show nordbank --night ${NIGHT}`);
  });

  test.each(["release", "abort"])("%s of a gate too", async (verb) => {
    const api = await laneWith({ nodes: confirming() ?? [] });
    expect(await act(api, verb, "sign-off")).toMatchObject({ code: ExitCode.noEffectYet, out: "" });
  });

  test("a paused night is not waited for: it acts once it is resumed", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [], paused: true });
    const result = await act(api, "retry", "scenarios");
    expect(result).toMatchObject({ code: ExitCode.done });
    expect(result.out).toContain("once the night is resumed");
  });
});

describe("an act", () => {
  test("names who asks, why, and which attempt was seen", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [], paused: true });
    await act(api, "retry", "scenarios");
    const [asked] = [...api.acts.values()];
    expect(asked?.metadata.name).toMatch(/^act-\d{17}-[0-9a-f]{6}$/);
    expect(asked?.spec).toEqual({
      verb: "retry",
      night: NIGHT,
      step: "scenarios",
      attempt: 1,
      by: "anna@vendor.example",
      reason: "test",
    });
  });

  test("that nightwatch refuses is refused with its reason and its remedy", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    const message = "retry: scenarios does not wait for a decision any more; somebody else was faster";
    const refused = { phase: "Refused", refusal: "not-possible", message, remedy: "nightlane show" } as const;
    api.nightwatch = () => ({ ...refused, at: new Date().toISOString() });
    const result = await act(api, "retry", "scenarios");
    expect(result).toMatchObject({ code: ExitCode.notPossible, err: `nightlane: ${message}\n  nightlane show\n` });
  });

  test("that nobody takes says so within seconds, and that it stands", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    api.nightwatch = () => undefined;
    const result = await act(api, "retry", "scenarios");
    expect(result.code).toBe(ExitCode.noEffectYet);
    expect(result.err).toMatch(
      /^nightlane: act-\d+-\w+ of nordbank stands in customer-nordbank, and nightwatch has not/,
    );
    expect(result.err).toContain("do not repeat the command");
  });

  test("of which the answer was lost is asked for once", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    api.lostAnswers = 1;
    // Without a controller the effect does not come, but the act is there.
    expect((await act(api, "retry", "scenarios")).code).toBe(ExitCode.noEffectYet);
    expect(api.acts.size).toBe(1);
    expect(api.requests.filter((request) => request.startsWith("POST") && request.endsWith("/nightacts"))).toHaveLength(
      2,
    );
  });

  test.each(["note", "acknowledge"])("%s is asked for of a night of which only the record is left", async (verb) => {
    const api = await laneWith({});
    const gone = "night-2026-10-02-run-1";
    const workflow = night("nordbank", { date: "2026-10-02", phase: "Failed", open: "yes" });
    api.record(runFacts(workflow, undefined, NOW));
    const say = (which: string): Promise<Outcome> =>
      piped(verb, "nordbank", "--night", which, "--reason", "test", "--kubeconfig", api.kubeconfig());
    expect(await say(gone)).toMatchObject({ code: ExitCode.done });
    expect([...api.acts.values()].map(({ spec }) => spec.night)).toEqual([gone]);
    expect(await say("night-2026-10-03-run-1")).toMatchObject({ code: ExitCode.notFound });
  });

  test("that the step's state does not allow is not asked for", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    expect(await act(api, "stop", "scenarios")).toMatchObject({ code: ExitCode.notPossible });
    expect(api.acts.size).toBe(0);
  });
});

describe("retry --all", () => {
  test("asks for every step that waits for a decision, of every night that runs", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [], paused: true });
    const result = await piped("retry", "nordbank", "--all", "--reason", "test", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done });
    expect([...api.acts.values()].map(({ spec }) => `${spec.verb} ${spec.night} ${spec.step}`)).toEqual([
      `retry ${NIGHT} scenarios`,
    ]);
  });

  test("asks for each, and says which were not retried, where somebody else was faster with one", async () => {
    const nodes = ["market", "scenarios"].flatMap((step) => [
      stepNode(step, "Running"),
      ...attemptNodes(step, 1, { phase: "Failed", exitCode: 20, hold: "Running" }),
    ]);
    const api = await laneWith({ nodes, paused: true });
    api.nightwatch = ({ spec }) =>
      spec.step === "market"
        ? { phase: "Refused", refusal: "not-possible", message: "market is at attempt 2", at: "2026-11-26T23:00:00Z" }
        : { phase: "Done", message: "it was carried out", at: "2026-11-26T23:00:00Z" };
    const result = await piped("retry", "nordbank", "--all", "--reason", "test", "--kubeconfig", api.kubeconfig());
    expect(result.code).toBe(ExitCode.notPossible);
    expect([...api.acts.values()].map(({ spec }) => spec.step).toSorted()).toEqual(["market", "scenarios"]);
    expect(result.out).toContain("scenarios");
    expect(result.err).toContain("1 of 2 steps were retried");
    expect(result.err).toContain("market is at attempt 2");
  });

  test("leaves out a step whose command may still run, and says what to type once it has ended", async () => {
    const nodes = Object.entries({ market: 30, scenarios: 30 }).flatMap(([step, exitCode]) => [
      stepNode(step, "Running"),
      ...attemptNodes(step, 1, { phase: "Failed", exitCode, hold: "Running" }),
    ]);
    const api = await laneWith({ nodes, paused: true });
    const result = await piped("retry", "nordbank", "--all", "--reason", "test", "--kubeconfig", api.kubeconfig());
    expect(result.code).toBe(ExitCode.notPossible);
    // A Job of an earlier attempt is ended by the next one, a command is not.
    expect([...api.acts.values()].map(({ spec }) => spec.step)).toEqual(["scenarios"]);
    expect(result.err).toContain("1 of 2 steps were retried");
    expect(result.err).toContain("the command of market of nordbank may still run");
    expect(result.err).toContain(`nightlane retry nordbank market --night ${NIGHT} --reason "..."`);
  });

  test("says so where none does", async () => {
    const api = await laneWith({ nodes: [] });
    const result = await piped("retry", "nordbank", "--all", "--reason", "test", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.notPossible });
    expect(result.err).toContain("no step of nordbank waits for a decision");
  });

  test("and a step exclude each other", async () => {
    const api = await laneWith({ nodes: [] });
    const result = await piped("retry", "nordbank", "--reason", "test", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.usage });
  });
});
