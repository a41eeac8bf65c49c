import { existsSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerCalendar } from "../../constructs/calendars/customer-calendar.ts";
import type { CustomerDefinition } from "../../constructs/definition/customer-definition.ts";
import { loadCustomer } from "../../constructs/definition/customer-files.ts";
import type { NightSchedule, Weekday } from "../../constructs/definition/schedule.ts";
import { Cpu, image, Size, sparkRiskWorkflow } from "../../constructs/index.ts";
import type { Manifest } from "../../constructs/kubernetes/manifest.ts";
import { synthesize } from "../../constructs/synthesize.ts";
import { Central } from "../../ops/central.ts";
import { main } from "../../ops/cli.ts";
import { ExitCode } from "../../ops/exit-code.ts";
import { isBusinessDay, monthOf, weekday } from "../../runs/business-calendar.ts";
import { laneNamespace } from "../../runs/lane-namespace.ts";
import { addDays, type Day } from "../../runs/local-time.ts";
import { type NightState, nightState } from "../../runs/night-state.ts";
import type { RunFacts } from "../../runs/run-record.ts";
import { laneVolume } from "../farm/deploy/lane-volume.ts";
import { MovedSchedule } from "../farm/nights/moved-schedule.ts";
import { openOn } from "../farm/nights/open-on.ts";
import { FarmPaths, farmRoot } from "../farm/paths.ts";
import { until } from "../farm/wait.ts";
import { find } from "../support/manifests.ts";
import { type DueNight, ScheduledLane } from "./scheduled-lane.ts";

/**
 * Nights of one customer and one date, each by its own schedule, started by Argo's controller at the same minute: the
 * nightly one, one of month-ends on a day that is the last business day of its month, and a weekly one on another weekday.
 */
const CUSTOMER = "nordbank";
/** Never used before: the lane's volume remembers runs of earlier nights of that name. */
const UNIQUE = `n${Date.now().toString(36)}`;
const PIPELINE = `month-${UNIQUE}`;
const WEEKLY = `weekly-${UNIQUE}`;
const SECOND = `${CUSTOMER}/${PIPELINE}`;
const ARGO = { group: "argoproj.io", version: "v1alpha1", namespace: laneNamespace(CUSTOMER) } as const;
const WORK_SECONDS = 40;
const paths = new FarmPaths(farmRoot());
const central = Central.fromKubeconfig(paths.centralKubeconfig);
const objects = administrator();
const made: Manifest[] = [];
let lane: ScheduledLane;
let first: DueNight;
/** Name of the workflow of the second night. */
let second: string;

beforeAll(async () => {
  process.env.NIGHTLANE_IMAGES = paths.images;
  lane = await ScheduledLane.of(CUSTOMER);
  first = await lane.nightDue({ leadSeconds: 40 });
  second = `night-${PIPELINE}-${first.at / 1000}`;
  const definition = await loadCustomer(CUSTOMER);
  const monthEnd = sparkRiskWorkflow({
    schedule: monthEndSchedule(definition, lane.date),
    steps: (night) => {
      night.job("work", {
        image: image("risk"),
        command: ["bash", "-euc", `sleep ${WORK_SECONDS}; echo "$BUSINESS_DATE" > "$RESULTS_DIR/said.txt"`],
        cpu: Cpu.millis(50),
        memory: Size.mebibytes(64),
        results: "out/",
      });
    },
  });
  const weekly = sparkRiskWorkflow({
    schedule: { ...plainSchedule(definition, lane.date), on: [otherWeekday(lane.date)] },
    steps: (night) => {
      night.job("work", { image: image("risk"), command: ["true"] });
    },
  });
  const furtherNights = { [PIPELINE]: monthEnd, [WEEKLY]: weekly };
  const { lane: all } = synthesize({ ...definition, furtherNights }, "customers/nordbank.ts");
  for (const name of [PIPELINE, WEEKLY]) {
    await make("workflowtemplates", find(all, "WorkflowTemplate", new RegExp(`^night-${name}-`)));
    await make("cronworkflows", find(all, "CronWorkflow", `night-${name}`));
    // The minute of now is not one that a file may name on every day: clocks skip some, and a night has to end by noon.
    const schedule = await MovedSchedule.of(paths, CUSTOMER, `night-${name}`);
    await schedule.move({ at: [first.at] });
  }
});

afterAll(async () => {
  for (const { kind, metadata } of made.reverse()) {
    const plural = `${kind.toLowerCase()}s`;
    await objects.deleteNamespacedCustomObject({ ...ARGO, plural, name: metadata.name });
  }
  await lane?.end();
});

describe("a second night of a customer on one date", () => {
  const ended: Record<string, NightState> = {};

  test("is started by its own schedule, runs beside the first, and both end well", async () => {
    for (const workflow of [first.workflow, second]) {
      await lane.untilStarted({ workflow, at: first.at });
    }
    ended.first = await lane.untilEnded(first.workflow);
    ended.second = await lane.untilEnded(second);
    expect([ended.first.phase, ended.second.phase]).toEqual(["Succeeded", "Succeeded"]);
    const [one, other] = [ended.first, ended.second].map(({ startedAt = "", finishedAt = "" }) => [
      Date.parse(startedAt),
      Date.parse(finishedAt),
    ]);
    expect(one?.[0]).toBeLessThan(other?.[1] ?? 0);
    expect(other?.[0]).toBeLessThan(one?.[1] ?? 0);
  });

  test("has Jobs, folders and a record of its own, though date and step are the same", async () => {
    const records = [await lane.untilRecorded(first.workflow), await recordOf(PIPELINE, second)];
    expect(records.map(({ businessDate }) => businessDate)).toEqual([lane.date, lane.date]);
    expect(records.map(({ pipeline }) => pipeline)).toEqual(["night", PIPELINE]);
    expect(records.map(({ purpose }) => purpose)).toEqual(["schedule", "schedule"]);
    const jobs = records.map(({ steps }) => steps.find(({ name }) => name === "work")?.attempts.at(-1)?.remoteJob);
    expect(new Set(jobs).size).toBe(2);
    const volume = await laneVolume(paths, CUSTOMER);
    expect(existsSync(join(volume, PIPELINE, lane.date, "run-1", "work", "said.txt"))).toBe(true);
    expect(existsSync(join(volume, "night", lane.date, `run-${first.runNumber}`, "work", "said.txt"))).toBe(false);
  });

  test("of its weekdays has no work on another one, and says which days it is for", async () => {
    const record = await recordOf(WEEKLY, `night-${WEEKLY}-${first.at / 1000}`);
    expect(record).toMatchObject({ businessDate: lane.date, open: false, phase: "Succeeded" });
    expect(record.dayReason).toMatch(/^its nights are for (Monday|Tuesday)$/);
    expect(record.steps).toMatchObject([{ name: "work", attempts: [] }]);
  });

  test("is shown by its name, and the first by the customer's", async () => {
    const shown = async (name: string) => JSON.parse(await nightlane(ExitCode.done, "show", name, "-o", "json"));
    expect(await shown(SECOND)).toMatchObject({ customer: SECOND, workflow: second, pipeline: PIPELINE });
    expect(await shown(CUSTOMER)).toMatchObject({ customer: CUSTOMER, workflow: first.workflow });
    const { items } = JSON.parse(await nightlane(ExitCode.done, "nights", "-o", "json"));
    expect(items).toContainEqual(expect.objectContaining({ customer: SECOND, night: second, standing: "succeeded" }));
  });

  test("is the one run of its date, and is repeated by nightwatch beside the record that it has", async () => {
    const date = ["--date", lane.date, "--reason", "a test"];
    const refused = await nightlane(ExitCode.notPossible, "run", SECOND, ...date);
    expect(refused).toContain(`${SECOND} has a night of ${lane.date} already: ${second}`);
    await nightlane(ExitCode.done, "replay", SECOND, ...date, "--wait");
    const repeat = await recordOf(PIPELINE, `night-${PIPELINE}-${lane.date}-run-2`);
    expect(repeat).toMatchObject({ pipeline: PIPELINE, purpose: "replay", repeats: 1, phase: "Succeeded" });
    expect(repeat.comparison).toMatchObject({ with: 1, same: true });
  });
});

/** The customer's schedule without its own days, on which `date` is a business day. */
function plainSchedule(definition: CustomerDefinition, date: Day): NightSchedule {
  const { workflow } = definition;
  const schedule = { ...workflow.schedule, extraHolidays: [], workedDays: [], halfDays: [], noNight: {} };
  return openOn({ ...definition, workflow: { ...workflow, schedule } }, date).workflow.schedule;
}

/** Month-ends, where `date` is one: the business days after it are off. */
function monthEndSchedule(definition: CustomerDefinition, date: Day): NightSchedule {
  const schedule = plainSchedule(definition, date);
  const calendar = customerCalendar(schedule);
  const extraHolidays: Day[] = [];
  for (let day = addDays(date, 1); monthOf(day) === monthOf(date); day = addDays(day, 1)) {
    if (isBusinessDay(calendar, day)) {
      extraHolidays.push(day);
    }
  }
  return { ...schedule, extraHolidays, on: "last-of-month" };
}

function otherWeekday(date: Day): Weekday {
  return weekday(date) === 1 ? "tuesday" : "monday";
}

async function make(plural: string, manifest: Manifest): Promise<void> {
  await objects.createNamespacedCustomObject({ ...ARGO, plural, body: manifest });
  made.push(manifest);
}

/** The record of a run of a further night that has ended. */
async function recordOf(pipeline: string, workflow: string): Promise<RunFacts> {
  const found = async (): Promise<RunFacts | undefined> =>
    (await central.runRecords.all({ customer: CUSTOMER, pipeline }))
      .map(({ spec }) => spec)
      .find(({ night, phase }) => night === workflow && phase === "Succeeded");
  const what = `nightwatch records the end of ${workflow}`;
  await until({ what, limitSeconds: 120, everyMilliseconds: 500 }, async () => (await found()) !== undefined);
  const record = await found();
  if (record === undefined) {
    const state = nightState(await central.workflow(ARGO.namespace, workflow), Date.now());
    throw new Error(`the record of ${workflow} is gone, which is ${state.phase}`);
  }
  return record;
}

/** Types a command. @returns what it printed; of one that is refused, why */
async function nightlane(code: ExitCode, ...args: readonly string[]): Promise<string> {
  const [out, err] = [collected(), collected()];
  const got = await main([...args, "--kubeconfig", paths.centralKubeconfig], { out: out.stream, err: err.stream });
  expect(got, `${out.text()}${err.text()}`).toBe(code);
  return code === ExitCode.done ? out.text() : err.text();
}

function collected(): { readonly stream: Writable; readonly text: () => string } {
  const texts: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      texts.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => texts.join("") };
}

function administrator(): CustomObjectsApi {
  const config = new KubeConfig();
  config.loadFromFile(paths.centralKubeconfig);
  return config.makeApiClient(CustomObjectsApi);
}
