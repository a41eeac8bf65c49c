import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { main } from "../../../ops/cli.ts";
import { ExitCode } from "../../../ops/exit-code.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { cron, deciding, NOW, night, passed, running } from "./support/fleet.ts";
import { attemptNodes, stepNode } from "./support/night-workflow.ts";
import { StandInApi } from "./support/stand-in-api.ts";
import { Collected, controlCharacters, expectWidth, onTerminal, piped, uncoloured } from "./support/terminal.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

async function laneOf(...workflows: readonly Workflow[]): Promise<StandInApi> {
  const api = await StandInApi.start();
  api.lane("nordbank", { cron: cron("nordbank"), workflows });
  return api;
}

/** A night of 50 steps in a chain, of which so many have passed and the next one runs. */
function chain(done: number, phase: "Running" | "Succeeded" = "Running"): Workflow {
  const names = Array.from({ length: 50 }, (_, index) => `step-${String(index + 1).padStart(2, "0")}-of-a-long-chain`);
  const nodes = names.slice(0, done + 1).flatMap((step, index) => {
    const is = index < done ? "Succeeded" : "Running";
    return [stepNode(step, is), ...attemptNodes(step, 1, { phase: is })];
  });
  const workflow = night("nordbank", { open: "yes", nodes, phase });
  const tasks = names.map((name, index) => (index === 0 ? { name } : { name, depends: names[index - 1] ?? "" }));
  return {
    ...workflow,
    status: {
      ...workflow.status,
      storedWorkflowTemplateSpec: { templates: [{ name: "steps", dag: { tasks } }] },
    },
  };
}

const FOREIGN =
  "Job nl-scenarios failed: \u001b[31mout of memory\u001b[0m in 東京\u0000 while it read a portfolio that is twice as large as last week's";

/** A night of 60 portfolios beside each other, of which the given ones have come so far; the others have passed. */
function portfolios(states: Readonly<Record<string, "Running" | "Pending">>): Workflow {
  const names = Array.from({ length: 60 }, (_, index) => `value-${index + 1}`);
  const nodes = names.flatMap((step) => {
    const is = states[step] ?? "Succeeded";
    return is === "Pending" ? [] : [stepNode(step, is), ...attemptNodes(step, 1, { phase: is })];
  });
  const workflow = night("nordbank", { open: "yes", nodes, phase: "Running" });
  const storedWorkflowTemplateSpec = {
    templates: [{ name: "steps", dag: { tasks: names.map((name) => ({ name })) } }],
  };
  return { ...workflow, status: { ...workflow.status, storedWorkflowTemplateSpec } };
}

describe("show", () => {
  test("says what is alike in a large night in one line, and every step where that is asked for", async () => {
    const waiting = Object.fromEntries([11, 12, 13, 14, 15].map((step) => [`value-${step}`, "Pending"] as const));
    const api = await laneOf(portfolios({ "value-7": "Running", ...waiting }));
    const lines = async (...more: readonly string[]): Promise<readonly string[]> => {
      const result = await piped("show", "nordbank", ...more, "--kubeconfig", api.kubeconfig());
      return result.out.split("\n").filter((line) => / value-/.test(line));
    };
    const folded = await lines();
    expect(folded.map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
      ["✓ value-* ×54", "succeeded"],
      ["▶ value-7", "running"],
      ["· value-* ×5", "waiting"],
    ]);
    expect(await lines("--all")).toHaveLength(60);
  });

  test("says the times by the customer's clocks, and since when a step waits", async () => {
    const api = await laneOf(night("nordbank", { open: "yes", nodes: deciding(FOREIGN) ?? [] }));
    const result = await onTerminal("show", "nordbank", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done, err: "" });
    expectWidth(result.out, 80);
    expect(controlCharacters(result.out)).toEqual([]);
    const text = uncoloured(result.out);
    expect(text).toContain("nordbank  2026-11-26  Running  1/3 steps\n  22:30 CET (4:40:00)  by 06:00 CET in 2h50\n");
    expect(text).toMatch(/! scenarios {2}deciding {4}22:40 CET {3}4:30:00 {2}since 02:15 CET/);
    expect(text).toContain("nightlane retry|skip|abort nordbank scenarios");
  });

  test("says them in UTC where that is asked for", async () => {
    const api = await laneOf(night("nordbank", { open: "yes", nodes: deciding("no") ?? [] }));
    const result = await piped("show", "nordbank", "--utc", "--kubeconfig", api.kubeconfig());
    expect(result.out).toContain("since 01:15 UTC");
    expect(result.out).not.toContain("CET");
  });

  test("shows a chain of 50 steps without an indent that grows", async () => {
    const api = await laneOf(chain(20));
    const result = await onTerminal("show", "nordbank", "--kubeconfig", api.kubeconfig());
    expectWidth(result.out, 80);
    expect(uncoloured(result.out)).toMatch(/^ {2}· step-50-of-a-long-chain +waiting +after step-49-of-…$/m);
  });

  test("shows tonight's night and not the replay that runs beside it, and names that", async () => {
    const api = await laneOf(
      night("nordbank", { phase: "Failed", open: "yes", nodes: running() ?? [] }),
      night("nordbank", { date: "2026-10-02", run: 2, open: "yes", startedAt: "2026-11-27T01:50:00Z" }),
    );
    const result = await piped("show", "nordbank", "--kubeconfig", api.kubeconfig());
    expect(result.out).toContain("nordbank  2026-11-26  Failed");
    expect(result.err).toContain("night-2026-10-02-run-2 runs beside it");
  });

  test("shows the replay that runs beside tonight's night where that one is what calls a person", async () => {
    const replay = { date: "2026-10-02", run: 2, open: "yes", startedAt: "2026-11-27T01:50:00Z" } as const;
    const api = await laneOf(
      night("nordbank", { open: "yes", nodes: running() ?? [] }),
      night("nordbank", { ...replay, nodes: deciding("out of memory") ?? [] }),
    );
    const result = await piped("show", "nordbank", "--kubeconfig", api.kubeconfig());
    expect(result.out).toContain("nordbank  2026-10-02");
    expect(result.out).toContain("out of memory");
    expect(result.err).toContain("night-2026-11-26-run-1 runs beside it");
  });

  test("tells apart what has no night: never deployed, no schedule, none yet", async () => {
    const api = await laneOf();
    api.lane("nordbank", { cron: cron("nordbank", { since: "2026-11-27T01:00:00Z" }) });
    api.lane("lostbank", {});
    const on = async (customer: string) => piped("show", customer, "--kubeconfig", api.kubeconfig());
    expect((await on("nordbank")).err).toContain("has had no night yet");
    expect((await on("lostbank")).err).toContain("has no schedule and no night");
    const never = await on("nordbnk");
    expect(never).toMatchObject({ code: ExitCode.notFound });
    expect(never.err).toContain("never deployed");
    expect(never.err).toContain("did you mean nordbank?");
  });
});

describe("show --watch", () => {
  /** Runs it on a screen until the night has ended, with what happens while it looks. */
  async function watched(api: StandInApi, ...then: readonly (() => void)[]): Promise<Collected> {
    const out = new Collected(true);
    const steps = [...then];
    const frames = setInterval(() => steps.shift()?.(), 2500);
    try {
      const io = { out, err: new Collected(false) };
      expect(await main(["show", "nordbank", "--watch", "--kubeconfig", api.kubeconfig()], io)).toBe(ExitCode.done);
    } finally {
      clearInterval(frames);
    }
    return out;
  }

  test("draws 50 steps in one place: each frame fits the screen, and folds what has passed", async () => {
    const api = await laneOf(chain(20));
    const out = await watched(
      api,
      () => api.replaceWorkflow("nordbank", chain(40)),
      () => api.replaceWorkflow("nordbank", chain(49, "Succeeded")),
    );
    const frames = out.text.split("\r\u001b[J").slice(1);
    for (const frame of frames) {
      expectWidth(frame, 80);
      expect(frame.split("\n").length).toBeLessThanOrEqual(24);
    }
    expect(uncoloured(out.text)).toMatch(/… \d+ steps have passed/);
    expect(frames.length).toBeGreaterThan(2);
  }, 20_000);

  test("outlives polls that fail, and says that it does", async () => {
    const api = await laneOf(chain(20));
    const out = await watched(
      api,
      () => api.trouble.set("customer-nordbank", { how: 503, times: 12 }),
      () => api.replaceWorkflow("nordbank", { ...chain(49, "Succeeded") }),
    );
    expect(uncoloured(out.text)).toContain("the central cluster answers again");
  }, 60_000);

  test("writes a document for whatever changes, as a pause, and none for the time that passes", async () => {
    const running = chain(20);
    const api = await laneOf(running);
    const paused = { ...running, spec: { ...running.spec, suspend: true } };
    const then = [() => undefined, () => api.replaceWorkflow("nordbank", paused), () => undefined];
    const looks = setInterval(
      () => (then.shift() ?? (() => api.replaceWorkflow("nordbank", chain(49, "Succeeded"))))(),
      2500,
    );
    onTestFinished(() => clearInterval(looks));
    const result = await piped("show", "nordbank", "--watch", "-o", "json", "--kubeconfig", api.kubeconfig());
    const documents = result.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(documents.map(({ phase, paused: isPaused }) => [phase, isPaused])).toEqual([
      ["Running", false],
      ["Running", true],
      ["Succeeded", false],
    ]);
  }, 30_000);

  test("writes one document a line for machines", async () => {
    const api = await laneOf(night("nordbank", { open: "yes", nodes: passed(), phase: "Succeeded" }));
    const result = await piped("show", "nordbank", "--watch", "-o", "json", "--kubeconfig", api.kubeconfig());
    const documents = result.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(documents).toMatchObject([
      { apiVersion: "cli.nightlane.example/v1", kind: "Night", phase: "Succeeded", runNumber: 1 },
    ]);
  });
});
