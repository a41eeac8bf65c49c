import { ApiException } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import type { RunFacts } from "../../../../runs/run-record.ts";
import { cron, good, night, running, watch } from "../berlin-nights.ts";
import { Records, WatchedNights } from "../watched-nights.ts";

describe("records", () => {
  const invalid = new ApiException(422, "Unprocessable", "spec.x: Invalid value", {});
  const tonight = night("2026-03-31", { open: "yes", nodes: running });

  test("that the API server will not take as they are hold what is certain, and it is said", async () => {
    const records = new Records();
    records.refuse = ({ problems }: RunFacts) => (problems === undefined ? invalid : undefined);
    const watched = new WatchedNights("2026-03-31T21:00:00Z", records);
    await watched.list(
      [{ ...cron, metadata: { ...cron.metadata, creationTimestamp: "2026-03-31T00:00:00Z" } }],
      [tonight],
    );
    await watched.roundAt("2026-03-31T21:00:00Z");
    expect(await watched.roundAt("2026-03-31T21:00:05Z")).toEqual(["not-recorded"]);
    expect([...records.facts.values()]).toMatchObject([
      { night: "night-2026-03-31-run-1", phase: "Running", problems: [expect.stringContaining("Invalid value")] },
    ]);
    const { writes } = records;
    await watched.roundAt("2026-03-31T22:00:00Z");
    expect(records.writes).toBe(writes);
  });

  test("that were refused keep date and times, and are written whole by the next nightwatch", async () => {
    const records = new Records();
    records.refuse = ({ problems }: RunFacts) => (problems === undefined ? invalid : undefined);
    const ended = night("2026-03-31", { open: "yes", phase: "Succeeded", finishedAt: "2026-03-31T23:00:00Z" });
    const watched = new WatchedNights("2026-03-31T23:30:00Z", records);
    await watched.list([cron], [good("2026-03-30"), ended]);
    await watched.roundAt("2026-03-31T23:30:00Z");
    expect([...records.facts.values()].filter(({ problems }) => problems !== undefined)).toMatchObject([
      { businessDate: "2026-03-30", phase: "Succeeded", startedAt: "2026-03-30T20:30:00.000Z" },
      { businessDate: "2026-03-31", phase: "Succeeded", finishedAt: "2026-03-31T23:00:00.000Z" },
    ]);
    const whileRefused = new WatchedNights("2026-04-01T08:00:00Z", records);
    await whileRefused.nightwatch.load();
    await whileRefused.list([cron], [good("2026-03-30"), ended]);
    expect(await whileRefused.roundAt("2026-04-01T08:00:00Z")).toEqual([]);
    expect(await whileRefused.roundAt("2026-04-01T08:00:05Z")).toEqual(["not-recorded", "not-recorded"]);
    records.refuse = undefined;
    const upgraded = new WatchedNights("2026-04-01T09:00:00Z", records);
    await upgraded.nightwatch.load();
    await upgraded.list([cron], [good("2026-03-30"), ended]);
    expect(await upgraded.roundAt("2026-04-01T09:00:00Z")).toEqual([]);
    expect(await upgraded.roundAt("2026-04-01T09:00:05Z")).toEqual([]);
    expect([...records.facts.values()].every(({ problems, steps }) => problems === undefined && steps.length > 0)).toBe(
      true,
    );
    const gone = new WatchedNights("2026-04-01T10:00:00Z", records);
    await gone.nightwatch.load();
    await gone.list([cron], []);
    expect(await gone.roundAt("2026-04-01T10:00:00Z")).toEqual([]);
  });

  test("that cannot be written at all are reported as such, and written when they can be, even of a night that is over", async () => {
    const records = new Records();
    records.refuse = () => new Error("connect ECONNREFUSED");
    const watched = new WatchedNights("2026-03-31T21:00:00Z", records);
    await watched.list(
      [{ ...cron, metadata: { ...cron.metadata, creationTimestamp: "2026-03-31T00:00:00Z" } }],
      [night("2026-03-31", { open: "yes", phase: "Succeeded", finishedAt: "2026-03-31T20:59:00Z" })],
    );
    const roundsUntil = async (from: number, minutes: number) => {
      for (let minute = from; minute < minutes; minute += 1) {
        await watched.roundAt(new Date(Date.parse("2026-03-31T21:00:00Z") + minute * 60_000).toISOString());
      }
    };
    await roundsUntil(0, 150);
    expect(records.writes).toBe(30);
    expect(watched.nightwatch.counters).toMatchObject({ recordFailures: 29, recordsGivenUp: 1 });
    expect(watched.calls.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual([
      "not-recorded the record of night-2026-03-31-run-1 cannot be written: it could not be written in 30 tries: connect ECONNREFUSED",
    ]);
    expect(watched.metric('nightlane_runs_not_recorded{customer="nordbank"}')).toBe(1);
    records.refuse = undefined;
    await roundsUntil(150, 240);
    expect(records.facts.get("night-2026-03-31-run-1")).toMatchObject({ phase: "Succeeded" });
    expect(watched.metric('nightlane_runs_not_recorded{customer="nordbank"}')).toBe(0);
  });

  test("say what they said before are not written again, whatever order the API server keeps them in", async () => {
    const watched = await watch("2026-03-31T21:00:00Z", [cron], good("2026-03-30"), tonight);
    await watched.roundAt("2026-03-31T21:00:00Z");
    const records = new Records();
    for (const [uid, facts] of watched.records.facts) {
      const turned = Object.fromEntries(Object.entries(facts).toReversed());
      records.facts.set(uid, { ...facts, ...turned });
    }
    const restarted = new WatchedNights("2026-03-31T21:01:00Z", records);
    await restarted.nightwatch.load();
    await restarted.list([cron], [good("2026-03-30"), tonight]);
    await restarted.roundAt("2026-03-31T21:01:00Z");
    expect(records.writes).toBe(0);
  });

  test("of a run that is over get its notifications, and keep everything else", async () => {
    const ended = night("2026-03-30", {
      open: "yes",
      phase: "Failed",
      finishedAt: "2026-03-30T22:00:00Z",
      nodes: running,
    });
    const watched = await watch("2026-03-30T23:00:00Z", [cron], ended);
    expect(await watched.roundAt("2026-03-30T23:00:00Z")).toEqual(["failed 2026-03-30"]);
    await watched.roundAt("2026-03-30T23:00:05Z");
    const record = watched.records.facts.get("night-2026-03-30-run-1");
    expect(record).toMatchObject({ notified: ["failed"], parameters: { "business-date": "2026-03-30" } });
    expect(record?.images.length).toBeGreaterThan(0);
    const restarted = new WatchedNights("2026-03-30T23:01:00Z", watched.records);
    await restarted.nightwatch.load();
    await restarted.list([cron], [ended]);
    expect(await restarted.roundAt("2026-03-30T23:01:00Z")).toEqual([]);
  });
});
