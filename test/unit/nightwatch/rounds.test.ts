import { describe, expect, onTestFinished, test, vi } from "vitest";
import { keepRecords, keepRound } from "../../../nightwatch/rounds.ts";
import { cron, good, night, reaper, running, watch } from "./berlin-nights.ts";
import { Records, WatchedNights } from "./watched-nights.ts";

test("nothing is said of a lane before everything was listed and looked at", async () => {
  const watched = new WatchedNights("2026-03-31T21:00:00Z");
  watched.nightwatch.intake.scheduleChanged(cron);
  watched.nightwatch.intake.workflowChanged(night("2026-03-31", { open: "yes", nodes: running }));
  expect(watched.nightwatch.isReady()).toBe(false);
  expect(watched.nightwatch.metrics()).not.toContain("nordbank");
});

describe("what no record stands for", () => {
  const refusing = {
    ...cron,
    status: { conditions: [{ type: "SubmissionError", status: "True", message: "denied" }] },
  };

  test("is reported once, even across a restart, and again when it comes again", async () => {
    const watched = await watch("2026-03-30T12:00:00Z", [refusing, reaper]);
    expect(await watched.roundAt("2026-03-30T12:00:00Z")).toEqual(["refused"]);
    await watched.roundAt("2026-03-30T12:00:05Z");
    const restarted = new WatchedNights("2026-03-30T12:10:00Z", watched.records, watched.sent);
    await restarted.nightwatch.load();
    await restarted.list([refusing, reaper], []);
    expect(await restarted.roundAt("2026-03-30T12:10:00Z")).toEqual([]);
    restarted.nightwatch.intake.scheduleChanged(cron);
    expect(await restarted.roundAt("2026-03-30T12:11:00Z")).toEqual([]);
    restarted.nightwatch.intake.scheduleChanged(refusing);
    expect(await restarted.roundAt("2026-03-30T12:12:00Z")).toEqual(["refused"]);
  });

  test("is not reported again by a nightwatch that needs minutes to see it", async () => {
    const watched = await watch("2026-03-31T08:00:00Z", [cron, reaper], good("2026-03-30"));
    await watched.roundAt("2026-03-31T08:00:00Z");
    watched.nightwatch.intake.scheduleDeleted(cron);
    await watched.roundAt("2026-03-31T08:00:05Z");
    expect(await watched.roundAt("2026-03-31T08:06:00Z")).toEqual(["unscheduled"]);
    await watched.roundAt("2026-03-31T08:06:05Z");
    const restarted = new WatchedNights("2026-03-31T08:10:00Z", watched.records, watched.sent);
    await restarted.nightwatch.load();
    await restarted.list([reaper], [good("2026-03-30")]);
    expect(await restarted.roundAt("2026-03-31T08:10:00Z")).toEqual([]);
    expect(await restarted.roundAt("2026-03-31T08:16:00Z")).toEqual([]);
    restarted.nightwatch.intake.scheduleChanged(cron);
    await restarted.roundAt("2026-03-31T08:17:00Z");
    expect(restarted.sent.keys).toEqual([]);
  });
});

describe("health", () => {
  test("covers lists and rounds, and says when the last one was", async () => {
    const watched = await watch("2026-03-30T12:00:00Z", [cron]);
    await watched.roundAt("2026-03-30T12:00:05Z");
    expect(watched.nightwatch.illness()).toBeUndefined();
    watched.now = Date.parse("2026-03-30T12:11:00Z");
    expect(watched.nightwatch.illness()).toBe("the last round that came to its end: 2026-03-30T12:00:05.000Z");
    await watched.roundAt("2026-03-30T13:00:01Z");
    expect(watched.nightwatch.illness()).toBe("everything was last listed: 2026-03-30T12:00:00.000Z");
  });
});

test("rounds go on while the API server hangs: what happens then is called too", async () => {
  const records = new Records();
  records.write = () => new Promise<void>(() => {});
  const failed = (date: string) => night(date, { open: "yes", phase: "Failed", finishedAt: `${date}T22:00:00Z` });
  const watched = new WatchedNights("2026-03-31T22:30:00Z", records);
  await watched.list([cron], [failed("2026-03-30"), night("2026-03-31", { open: "yes", nodes: running })]);
  const stop = new AbortController();
  const settings = { roundMilliseconds: 1, log: () => {} };
  onTestFinished(() => stop.abort());
  void keepRound(watched.nightwatch, settings, stop.signal, () => {});
  void keepRecords(watched.nightwatch, settings, stop.signal);
  await vi.waitFor(() => expect(watched.calls).toHaveLength(1));
  watched.nightwatch.intake.workflowChanged(failed("2026-03-31"));
  await vi.waitFor(() => expect(watched.calls.at(-1)).toMatchObject({ kind: "failed", businessDate: "2026-03-31" }));
});

test("a run that has just ended is known as such before its record says so", async () => {
  const watched = await watch("2026-03-31T10:00:00Z", [cron], night("2026-03-30", { open: "yes", nodes: running }));
  await watched.roundAt("2026-03-31T10:00:00Z");
  const ended = night("2026-03-30", { open: "yes", phase: "Failed", finishedAt: "2026-03-31T10:00:01Z" });
  watched.nightwatch.intake.workflowChanged(ended);
  const [known] = await watched.nightwatch.runsOf("nordbank");
  expect(known).toMatchObject({ phase: "Failed", template: "night-0123456789" });
  expect(known?.parameters).toMatchObject({ "business-date": "2026-03-30" });
});
