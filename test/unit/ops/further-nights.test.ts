import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ExitCode } from "../../../ops/exit-code.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import type { CronWorkflow } from "../../../runs/schedule.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { cron, deciding, type FleetNight, NOW, night, passed, running } from "./support/fleet.ts";
import { StandInApi } from "./support/stand-in-api.ts";
import { piped } from "./support/terminal.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

const TEMPLATE = "night-month-end-0123456789";

function monthEnd(parts: FleetNight): Workflow {
  const one = night("nordbank", { name: "night-month-end-1795724400", ...parts });
  return { ...one, spec: { ...one.spec, workflowTemplateRef: { name: TEMPLATE } } };
}

/** Tonight's nightly one runs, and beside it the month's end, in which a step waits for a decision. */
async function bothRun(): Promise<StandInApi> {
  const api = await StandInApi.start();
  const nightly = cron("nordbank");
  const further: CronWorkflow = {
    metadata: { ...nightly.metadata, name: "night-month-end" },
    spec: { ...nightly.spec, workflowSpec: { workflowTemplateRef: { name: TEMPLATE } } },
  };
  api.lane("nordbank", {
    cron: nightly,
    further: [further],
    workflows: [
      night("nordbank", { open: "yes", nodes: running() ?? [] }),
      monthEnd({ open: "yes", nodes: deciding("out of memory") ?? [] }),
    ],
  });
  return api;
}

const json = async (api: StandInApi, ...args: readonly string[]) =>
  JSON.parse((await piped(...args, "-o", "json", "--kubeconfig", api.kubeconfig())).out);

describe("a customer with further nights", () => {
  test("has a line of its own for each, with commands that name it", async () => {
    const api = await bothRun();
    const { items } = await json(api, "nights");
    expect(items.map(({ customer, standing }: Record<string, unknown>) => [customer, standing]).sort()).toEqual([
      ["nordbank", "running"],
      ["nordbank/month-end", "running"],
    ]);
    const waiting = await json(api, "nights", "--waiting");
    expect(waiting.items).toEqual([
      expect.objectContaining({ customer: "nordbank/month-end", step: "scenarios", waitsFor: "decision" }),
    ]);
    expect(waiting.items[0].commands.join("\n")).toContain(" nordbank/month-end scenarios --reason");
  });

  test("is shown and acted on by the name that is typed", async () => {
    const api = await bothRun();
    expect(await json(api, "show", "nordbank")).toMatchObject({ workflow: "night-2026-11-26-run-1" });
    expect(await json(api, "show", "nordbank/month-end")).toMatchObject({
      customer: "nordbank/month-end",
      pipeline: "month-end",
      workflow: "night-month-end-1795724400",
    });
    const skipped = await json(api, "skip", "nordbank/month-end", "scenarios", "--dry-run", "--reason", "a test");
    expect(skipped).toMatchObject({ customer: "nordbank/month-end", night: "night-month-end-1795724400" });
  });

  test("has separate histories, and the known names are listed", async () => {
    const api = await bothRun();
    const ended = { phase: "Succeeded", open: "yes", date: "2026-10-30", nodes: passed() } as const;
    for (const one of [night("nordbank", ended), monthEnd({ ...ended, name: "night-month-end-2026-10-30-run-1" })]) {
      api.record({ ...runFacts(one, undefined, NOW), customer: "nordbank" });
    }
    const nights = async (name: string) =>
      (await json(api, "history", name, "--date", "2026-10-30")).items.map((run: { night: string }) => run.night);
    expect(await nights("nordbank")).toEqual(["night-2026-10-30-run-1"]);
    expect(await nights("nordbank/month-end")).toEqual(["night-month-end-2026-10-30-run-1"]);
    const result = await piped("show", "nordbank/month-ent", "--kubeconfig", api.kubeconfig());
    expect(result.code).toBe(ExitCode.notFound);
    expect(result.err).toContain("month-end");
  });
});
