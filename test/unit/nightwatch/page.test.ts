import { describe, expect, test } from "vitest";
import { groupsOf } from "../../../nightwatch/page/browser/groups.ts";
import { pageDocument } from "../../../nightwatch/page/document.ts";
import { PageFeed } from "../../../nightwatch/page/page-feed.ts";
import type { NightsChange } from "../../../nightwatch/page/view/night-line.ts";
import type { RunStep } from "../../../nightwatch/page/view/run-view.ts";
import { NOW, playedLane } from "../../ui/played-fleet.ts";
import { WatchedNights } from "./watched-nights.ts";

const nordbank = playedLane({ customer: "nordbank", past: 0, slowness: 1.3 });
const seebank = playedLane({ customer: "seebank", past: 0, slowness: 1.3 });
const lanes = [nordbank, seebank];
const failing = playedLane({
  customer: "nordbank",
  past: 0,
  happenings: { market: { what: "fails", afterMinutes: 1 } },
});

async function watched(): Promise<WatchedNights> {
  const nights = new WatchedNights(new Date(NOW).toISOString());
  await take(nights, lanes);
  return nights;
}

async function take(nights: WatchedNights, kept: typeof lanes): Promise<void> {
  await nights.list(
    kept.map(({ cron }) => cron),
    kept.flatMap(({ workflows }) => workflows),
  );
  await nights.roundAt(new Date(nights.now).toISOString());
}

describe("what the page is sent", () => {
  test("is cut to what its reader may see, at first and at each change", async () => {
    const nights = await watched();
    const feed = new PageFeed(
      () => nights.nightwatch.seen(),
      () => nights.now,
    );
    const changes: NightsChange[] = [];
    const sees = (customer: string): boolean => customer === "seebank";
    expect(feed.nights(sees).lines.map(({ customer }) => customer)).toEqual(["seebank"]);
    feed.subscribe(sees, (change) => changes.push(change));
    await take(nights, [failing]);
    feed.update();
    expect(changes).toHaveLength(1);
    expect(changes[0]?.lines.map(({ customer }) => customer)).not.toContain("nordbank");
  });

  test("is what has changed alone, also for somebody who was there before another one came", async () => {
    const nights = await watched();
    const feed = new PageFeed(
      () => nights.nightwatch.seen(),
      () => nights.now,
    );
    const all = (): boolean => true;
    expect(feed.nights(all).lines).toHaveLength(2);
    const changes: NightsChange[] = [];
    feed.subscribe(all, (change) => changes.push(change));
    await take(nights, [failing, seebank]);
    feed.nights(all);
    feed.update();
    expect(changes.map(({ lines }) => lines.map(({ customer }) => customer))).toEqual([["nordbank"], []]);
    expect(changes[0]?.lines[0]?.calls[0]).toMatchObject({
      kind: "decision",
      step: "market",
      command: expect.stringMatching(/^nightlane retry nordbank market --night night-\S+ --reason "\.\.\."$/),
    });
  });

  test("names what is gone", async () => {
    const nights = await watched();
    const feed = new PageFeed(
      () => nights.nightwatch.seen(),
      () => nights.now,
    );
    feed.nights(() => true);
    const changes: NightsChange[] = [];
    feed.subscribe(
      () => true,
      (change) => changes.push(change),
    );
    const { cron } = seebank;
    nights.nightwatch.intake.scheduleChanged({ ...cron, spec: { ...cron.spec, suspend: true } });
    nights.nightwatch.intake.scheduleDeleted(cron);
    for (const workflow of seebank.workflows) {
      nights.nightwatch.intake.workflowDeleted(workflow);
    }
    await nights.roundAt(new Date(nights.now).toISOString());
    feed.update();
    expect(changes.at(-1)?.gone).toEqual(["seebank/2026-11-26"]);
  });
});

function step(name: string, after: readonly string[] = []): RunStep {
  return { name, after, kind: "spark", state: "waiting", attempts: [], possible: [], logs: "" };
}

describe("groups of steps", () => {
  test("are the steps themselves where there are few", () => {
    const steps = Array.from({ length: 30 }, (_, number) => step(`part-${number}`));
    expect(groupsOf(steps).map(({ name }) => name)).toEqual(steps.map(({ name }) => name));
  });

  test("take in what differs in numbers alone, or waits for the same, and never wait for themselves", () => {
    const numbers = Array.from({ length: 30 }, (_, number) => number);
    const steps = [
      step("market"),
      ...numbers.map((number) => step(`load-${number}`, ["market"])),
      ...numbers.map((number) => step(`price-${number}`, [`load-${number}`])),
      ...["rates", "credit", "equity", "fx"].map((desk) => step(desk, ["market", "load-0"])),
      step("total", [...numbers.map((number) => `price-${number}`), "rates", "credit", "equity", "fx"]),
    ];
    const groups = groupsOf(steps);
    expect(groups.map(({ name, members }) => `${name} ${members.length}`)).toEqual([
      "market 1",
      "load-* ×30 30",
      "price-* ×30 30",
      "rates, … ×4 4",
      "total 1",
    ]);
    for (const { name, after, rank } of groups) {
      expect(after).not.toContain(name);
      for (const before of after) {
        expect(groups.find((group) => group.name === before)?.rank).toBeLessThan(rank);
      }
    }
  });

  test("are made of a chain that says of itself that it has no beginning, without end", () => {
    expect(groupsOf([step("a", ["b"]), step("b", ["a"])])).toHaveLength(2);
  });
});

test("no data can end the element that holds it", () => {
  const { html, policy } = pageDocument({ script: "1", style: "" }, { text: "</script><script>alert(1)</script>" });
  expect(html).not.toContain("<script>alert");
  expect(policy).toContain("connect-src 'none'");
});
