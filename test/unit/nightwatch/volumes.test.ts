import { describe, expect, test } from "vitest";
import { volumeSignals } from "../../../nightwatch/signals/volume-signals.ts";
import { Volumes } from "../../../nightwatch/volumes.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { node } from "../ops/support/night-workflow.ts";

const NOON = Date.parse("2026-03-31T12:00:00Z");
const HOUR = 3600_000;

/** A reaper of a customer that looked at some time and saw this of the volumes, in percent. */
function reaper(customer: string, at: number, lane: number, there: number | string = ""): Workflow {
  const parameters = [
    { name: "lane-used", value: String(lane) },
    { name: "customer-used", value: String(there) },
  ];
  const finishedAt = new Date(at).toISOString();
  const tidy = node("tidy-1", "tidy", "Pod", "Succeeded", { finishedAt, outputs: { parameters } });
  return {
    metadata: { name: `reaper-${at / 1000}`, namespace: `customer-${customer}`, uid: `${customer}-${at}` },
    spec: {},
    status: { phase: "Succeeded", nodes: { [tidy.id]: tidy } },
  };
}

describe("the results volumes", () => {
  test("are as full as the last reaper saw them, whatever the order in which nightwatch hears of it", () => {
    const volumes = new Volumes();
    volumes.note(reaper("nordbank", NOON, 42, 71));
    volumes.note(reaper("nordbank", NOON - HOUR, 10, 10));
    volumes.note(reaper("alpenkredit", NOON, 5));
    expect(volumes.all().map(({ customer, volume, ratio }) => [customer, volume, ratio])).toEqual([
      ["nordbank", "lane", 0.42],
      ["nordbank", "customer", 0.71],
      ["alpenkredit", "lane", 0.05],
    ]);
  });

  test("stay as full as they were while no reaper looks, for as long as there is a lane", () => {
    const volumes = new Volumes();
    volumes.note(reaper("nordbank", NOON, 95));
    volumes.note(reaper("alpenkredit", NOON, 95));
    volumes.keep(new Set(["nordbank"]));
    expect(volumes.all().map(({ customer, ratio }) => [customer, ratio])).toEqual([["nordbank", 0.95]]);
  });

  test("of one customer are not hidden by a reaper of another that cannot be read", () => {
    const volumes = new Volumes();
    volumes.note({ ...reaper("alpenkredit", NOON, 95), status: { compressedNodes: "no gzip" } });
    volumes.note(reaper("nordbank", NOON, 42));
    expect(volumes.all().map(({ customer }) => customer)).toEqual(["nordbank"]);
  });

  test("are reported from 80 % on, with since when, until they have room again", () => {
    const volumes = new Volumes();
    volumes.note(reaper("nordbank", NOON - HOUR, 79, 80));
    expect(volumeSignals(volumes.all())).toMatchObject([{ key: "volume/customer", customer: "nordbank" }]);
    volumes.note(reaper("nordbank", NOON, 82, 91));
    expect(volumeSignals(volumes.all())).toMatchObject([
      { key: "volume/lane", since: "2026-03-31T12:00:00.000Z", command: "nightlane logs nordbank --kept" },
      {
        key: "volume/customer",
        since: "2026-03-31T11:00:00.000Z",
        reason: "the results volume on the customer's side is filled to 91 %",
      },
    ]);
    volumes.note(reaper("nordbank", NOON + HOUR, 40, 41));
    expect(volumeSignals(volumes.all())).toEqual([]);
  });
});
