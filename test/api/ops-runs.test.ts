import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerCalendar } from "../../constructs/calendars/customer-calendar.ts";
import nordbank from "../../customers/nordbank.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { CALENDAR } from "../../runs/annotations.ts";
import { type BusinessCalendar, writeCalendar } from "../../runs/business-calendar.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import type { Ending, StartedRunner } from "./ops-kubelet.ts";
import { OpsCluster, type Outcome } from "./ops-support.ts";

const CUSTOMER = "nordbank";
const NAMESPACE = laneNamespace(CUSTOMER);
const DATE = "2026-03-30";
const STEPS = ["archive", "market", "report", "revaluation", "scenarios", "var-es"];

let cluster: OpsCluster;
let anna: string;
/** What the inputs are worth; a correction changes every result. */
let market = "a";
let failing = "";

/** Every step succeeds with results that depend on the inputs only, unless it is to fail. */
function ending({ step }: StartedRunner): Ending {
  if (step === failing) {
    return { exitCode: 10, message: "the figures do not add up" };
  }
  const hash = createHash("sha256").update(market).digest("hex");
  const results = { sha256: hash, files: { [`${step.replace("reuse ", "")}.csv`]: hash } };
  // A command brings nothing to the lane, so neither does taking over what it left.
  const output = step.endsWith("market") ? "" : JSON.stringify(results);
  return { exitCode: 0, outputs: step === "market" ? {} : { results: output } };
}

async function act(...args: readonly string[]): Promise<Outcome> {
  return cluster.nightlane(anna, ...args, "--reason", "test");
}

/** What a verb started, and what became of it. */
async function outcome(...args: readonly string[]): Promise<{ readonly [field: string]: unknown }> {
  const result = await act(...args, "-o", "json");
  expect(result).toMatchObject({ code: ExitCode.done });
  return JSON.parse(result.out);
}

/** Steps that a run has started, and those whose results it reused. */
function started(
  runNumber: number,
  date = DATE,
): { readonly anew: readonly string[]; readonly reused: readonly string[] } {
  const runners = cluster.kubelet.started.filter((one) => one.businessDate === date && one.runNumber === runNumber);
  const reused = runners.filter(({ step }) => step.startsWith("reuse "));
  return {
    anew: runners
      .filter((one) => !reused.includes(one))
      .map(({ step }) => step)
      .sort(),
    reused: reused.map(({ step }) => step.replace("reuse ", "")).sort(),
  };
}

beforeAll(async () => {
  cluster = await OpsCluster.start();
  cluster.kubelet.otherwise = ending;
  anna = await cluster.operator("anna@vendor.example");
});

afterAll(async () => {
  await cluster?.stop();
});

describe("runs of one business date, in their order", () => {
  test("cannot be repeated before there is one", async () => {
    const result = await act("replay", CUSTOMER, "--date", DATE);
    expect(result).toMatchObject({ code: ExitCode.notFound });
    expect(result.err).toContain(`nightlane run ${CUSTOMER} --date ${DATE}`);
  });

  test("begin with run 1", async () => {
    expect(await outcome("run", CUSTOMER, "--date", DATE, "--wait")).toMatchObject({
      runNumber: 1,
      phase: "Succeeded",
    });
    expect(started(1)).toEqual({ anew: STEPS, reused: [] });
  });

  test("are replayed under a new number, every step from scratch, and have the same results", async () => {
    expect(await outcome("replay", CUSTOMER, "--date", DATE, "--wait")).toMatchObject({
      runNumber: 2,
      repeats: 1,
      phase: "Succeeded",
      comparison: { with: 1, same: true },
    });
    expect(started(2)).toEqual({ anew: STEPS, reused: [] });
  });

  test("are replayed from a later step on: the others reuse what the repeated run has left", async () => {
    expect(await outcome("replay", CUSTOMER, "--date", DATE, "--run", "1", "--from", "var-es", "--wait")).toMatchObject(
      {
        runNumber: 3,
        repeats: 1,
        from: "var-es",
        phase: "Succeeded",
        comparison: { same: true },
      },
    );
    expect(started(3)).toEqual({
      anew: ["report", "var-es"],
      reused: ["archive", "market", "revaluation", "scenarios"],
    });
    const shown = await cluster.nightlane(anna, "show", CUSTOMER, "--night", `night-${DATE}-run-3`);
    expect(shown.out).toMatch(/↺ scenarios +reused/);
  });

  test("are known by their record when the workflow is gone", async () => {
    await expect
      .poll(async () => (await history()).map(({ runNumber }) => runNumber), { timeout: 120_000 })
      .toEqual([3, 2, 1]);
    await cluster.guarded.central.kubectl("delete", "workflows", "--all", "-n", laneNamespace(CUSTOMER));
    expect(await history()).toMatchObject([
      { runNumber: 3, purpose: "replay", repeats: 1, from: "var-es", comparison: { same: true } },
      { runNumber: 2, purpose: "replay", repeats: 1, comparison: { same: true } },
      { runNumber: 1, purpose: "run", phase: "Succeeded" },
    ]);
    const result = await act("run", CUSTOMER, "--date", DATE);
    expect(result).toMatchObject({ code: ExitCode.notPossible });
  });

  test("are compared with the files that another night left", async () => {
    const folder = join(cluster.guarded.central.folder.path, "old-night");
    const left = (step: string, content: string): void => {
      mkdirSync(join(folder, step), { recursive: true });
      writeFileSync(join(folder, step, `${step}.csv`), content);
    };
    const compared = (...args: readonly string[]): Promise<Outcome> =>
      cluster.nightlane(anna, "compare", CUSTOMER, "--date", DATE, "--with", folder, ...args);
    expect(await compared()).toMatchObject({ code: ExitCode.notFound });
    left("var-es", "a");
    left("report", "a");
    const same = await compared("--step", "var-es", "report", "--run", "1");
    expect(same).toMatchObject({ code: ExitCode.done });
    expect(same.out).toContain(`${DATE} agrees: all 2 results of run 1 are the same`);
    left("report", "b");
    const differs = await compared("--step", "var-es", "report", "-o", "json");
    expect(differs).toMatchObject({ code: ExitCode.differs });
    expect(JSON.parse(differs.out)).toMatchObject({
      runNumber: 3,
      same: false,
      files: [
        { step: "var-es", file: "var-es.csv", result: "same" },
        { step: "report", file: "report.csv", result: "different" },
      ],
    });
    expect((await compared()).out).toMatch(/scenarios +scenarios\.csv +absent/);
    expect(await compared("--step", "var-se")).toMatchObject({ code: ExitCode.notFound });
    expect(await compared("--run", "9")).toMatchObject({ code: ExitCode.notFound });
  });

  test("say so when a replay has other results", async () => {
    market = "b";
    const result = await act("replay", CUSTOMER, "--date", DATE, "--wait");
    expect(result).toMatchObject({ code: ExitCode.differs });
    expect(result.out).toContain("results differ from run 3: scenarios different (scenarios.csv)");
  });

  test("are restated with corrected inputs, the earlier ones kept", async () => {
    market = "c";
    expect(await outcome("restate", CUSTOMER, "--date", DATE, "--run", "1", "--current", "--wait")).toMatchObject({
      runNumber: 5,
      repeats: 1,
      comparison: { same: false },
    });
    expect((await history()).map(({ runNumber, purpose }) => `${runNumber} ${purpose}`)).toEqual([
      "5 restate",
      "4 replay",
      "3 replay",
      "2 replay",
      "1 run",
    ]);
  });

  test("cannot begin at a step whose results would be missing", async () => {
    const date = "2026-03-27";
    failing = "scenarios";
    const night = String((await outcome("run", CUSTOMER, "--date", date)).night);
    await cluster.untilStep(CUSTOMER, night, "scenarios", "deciding");
    await act("abort", CUSTOMER, "scenarios");
    failing = "";
    await expect.poll(async () => (await cluster.night(CUSTOMER, night)).phase, { timeout: 120_000 }).toBe("Failed");
    const late = await act("replay", CUSTOMER, "--date", date, "--from", "report");
    expect(late).toMatchObject({ code: ExitCode.notPossible });
    expect(late.err).toMatch(/no results of scenarios \(failed\), revaluation \(omitted\).*\n.*begin at scenarios/);
    const unknown = await act("replay", CUSTOMER, "--date", date, "--from", "senarios");
    expect(unknown.err).toContain("did you mean scenarios?");
    expect(await outcome("replay", CUSTOMER, "--date", date, "--from", "scenarios", "--wait")).toMatchObject({
      phase: "Succeeded",
    });
    expect(started(2, date).reused).toEqual(["market"]);
  });
});

describe("a backfill", () => {
  // Around Easter, and without the end of a quarter, which waits for a person's sign-off.
  const range = ["--from", "2026-04-01", "--to", "2026-04-08"];

  // It leaves the runners to the next night of the schedule, which may be about to start when this runs.
  beforeAll(async () => {
    expect(await act("schedule-off", CUSTOMER)).toMatchObject({ code: ExitCode.done });
  });
  afterAll(async () => {
    expect(await act("schedule-on", CUSTOMER)).toMatchObject({ code: ExitCode.done });
  });

  test("says what it would do", async () => {
    const dry = await outcome("backfill", CUSTOMER, ...range, "--dry-run");
    expect(dry).toMatchObject({
      missing: ["2026-04-01", "2026-04-02", "2026-04-07", "2026-04-08"],
    });
  });

  test("starts what is missing, a few at a time, and leaves holidays out", async () => {
    await outcome("run", CUSTOMER, "--date", "2026-04-01", "--wait");
    const done = await outcome("backfill", CUSTOMER, ...range, "--concurrency", "2");
    expect(done.missing).toEqual(["2026-04-02", "2026-04-07", "2026-04-08"]);
    // The command is over, and nightwatch goes on.
    const act = async (): Promise<string> =>
      (await cluster.central.act(NAMESPACE, String(done.act))).status?.phase ?? "";
    await expect.poll(act, { timeout: 90_000 }).toBe("Done");
    expect(["2026-04-02", "2026-04-07", "2026-04-08"].map((date) => started(1, date).anew)).toEqual([
      STEPS,
      STEPS,
      STEPS,
    ]);
  });

  test("has nothing left to do when it is begun again", async () => {
    expect(await outcome("backfill", CUSTOMER, ...range, "--wait")).toMatchObject({ missing: [], nights: [] });
  });

  test("leaves nights to the schedule that are not due yet", async () => {
    const result = await act("backfill", CUSTOMER, "--from", "2999-01-01", "--to", "2999-01-31");
    expect(result).toMatchObject({ code: ExitCode.notPossible });
  });
});

describe("a day that the calendar closes", () => {
  const date = "2026-04-06";
  const NIGHT = ["cronworkflow", "night", "-n", laneNamespace(CUSTOMER)];

  /** As a deployment with another calendar would leave the schedule; nights still run the template of before. */
  async function setWorked(worked: BusinessCalendar["worked"]): Promise<void> {
    const calendar = { ...customerCalendar(nordbank.workflow.schedule), worked };
    const annotation = `${CALENDAR}=${writeCalendar(calendar)}`;
    await cluster.guarded.central.kubectl("annotate", "--overwrite", ...NIGHT, annotation);
  }

  test("has no night, and says why", async () => {
    const result = await act("run", CUSTOMER, "--date", date);
    expect(result).toMatchObject({ code: ExitCode.notPossible });
    expect(result.err).toContain("Easter Monday");
  });

  test("is marked in the history where its night ran no step", async () => {
    await setWorked({ [date]: "Make-up day" });
    const { night } = await outcome("run", CUSTOMER, "--date", date);
    await cluster.untilPhase(CUSTOMER, String(night), "Succeeded");
    expect(started(1, date).anew).toEqual([]);
    await expect
      .poll(async () => (await cluster.nightlane(anna, "history", CUSTOMER)).out, { timeout: 120_000 })
      .toMatch(/2026-04-06 +1 +run +Closed.*Easter Monday/);
  });

  test("can be made up for with the present definition once it is worked, and only then", async () => {
    for (const verb of ["replay", "restate"]) {
      const result = await act(verb, CUSTOMER, "--date", date);
      expect(result).toMatchObject({ code: ExitCode.notPossible });
      expect(result.err).toContain(`nightlane restate ${CUSTOMER} --date ${date} --current`);
    }
    expect(await outcome("restate", CUSTOMER, "--date", date, "--current")).toMatchObject({ runNumber: 2, repeats: 1 });
    await setWorked({});
    const result = await act("restate", CUSTOMER, "--date", date, "--current");
    expect(result).toMatchObject({ code: ExitCode.notPossible });
    expect(result.err).toContain(`${date} is not a business day`);
  });
});

async function history(): Promise<readonly { readonly [field: string]: unknown }[]> {
  return JSON.parse((await cluster.nightlane(anna, "history", CUSTOMER, "--date", DATE, "-o", "json")).out).items;
}
