import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ExitCode } from "../../../ops/exit-code.ts";
import { confirming, cron, deciding, type FleetNight, NOW, night } from "./support/fleet.ts";
import { StandInApi } from "./support/stand-in-api.ts";
import { piped, type Told } from "./support/terminal.ts";

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

async function act(api: StandInApi, verb: string, step: string): Promise<Told> {
  const options = ["--reason", "test", "--wait", "1", "--kubeconfig", api.kubeconfig()];
  return piped(verb, "nordbank", step, ...options);
}

/** The API server takes what is written, and no controller acts upon it. */
describe("without a controller", () => {
  test.each([
    ["retry", "scenarios", "attempt 2 of scenarios starts"],
    ["skip", "scenarios", "scenarios is left out"],
  ])("%s says that it was written and had no effect", async (verb, step, effect) => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    const told = await act(api, verb, step);
    expect(told).toMatchObject({ code: ExitCode.noEffectYet, out: "" });
    expect(told.err).toContain(effect);
    expect(told.err).toContain("Argo has not acted upon it within 1 s");
    expect(told.err).toContain(`nightlane show nordbank --night ${NIGHT}`);
  });

  test.each(["release", "abort"])("%s of a gate too", async (verb) => {
    const api = await laneWith({ nodes: confirming() ?? [] });
    expect(await act(api, verb, "sign-off")).toMatchObject({ code: ExitCode.noEffectYet, out: "" });
  });

  test("a paused night is not waited for: it acts once it is resumed", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [], paused: true });
    const told = await act(api, "retry", "scenarios");
    expect(told).toMatchObject({ code: ExitCode.done });
    expect(told.out).toContain("once the night is resumed");
  });
});

describe("a decision", () => {
  test("that meets the end of the night says so", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    let reads = 0;
    api.onRequest = (request) => {
      reads += request.startsWith("GET") && request.endsWith(`/workflows/${NIGHT}`) ? 1 : 0;
      if (reads === 2) {
        api.replaceWorkflow("nordbank", night("nordbank", { open: "yes", phase: "Failed", nodes: [] }));
      }
    };
    const told = await act(api, "retry", "scenarios");
    expect(told.code).toBe(ExitCode.notPossible);
    expect(told.err).toContain("the night has ended in the meantime");
    expect(told.err).not.toContain("somebody else");
  });

  test("of which the answer was lost is made once", async () => {
    const api = await laneWith({ nodes: deciding("exit code 10") ?? [] });
    api.lostAnswers = 1;
    // Without a controller the effect does not come, but the decision is written.
    expect((await act(api, "retry", "scenarios")).code).toBe(ExitCode.noEffectYet);
    const { annotations } = api.workflow("nordbank", NIGHT)?.metadata ?? {};
    expect(Object.keys(annotations ?? {})).toHaveLength(1);
    expect(api.requests.filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
  });
});
