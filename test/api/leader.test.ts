import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SYSTEM_NAMESPACE } from "../../constructs/definition/central-cluster.ts";
import { Leader } from "../../nightwatch/leader.ts";
import { ActStage } from "./act-stage.ts";

/** Longer than a lease lasts that nobody renews. */
const LEASE_MILLISECONDS = 14_000;
let stage: ActStage;

beforeAll(async () => {
  stage = await ActStage.start();
});

afterAll(async () => {
  await stage?.stop();
});

describe("of two nightwatches", () => {
  const leader = (identity: string): Leader =>
    new Leader({ objects: stage.objects, namespace: SYSTEM_NAMESPACE, name: "nightwatch", identity, log: () => {} });

  test("one leads, and the other becomes leader when it ends without a word", async () => {
    const [first, second] = [leader("one"), leader("two")];
    const stop = new AbortController();
    expect(await first.won(stop.signal)).toBe(true);
    const waiting = second.won(stop.signal);
    const keeping = new AbortController();
    const kept = first.kept(keeping.signal);
    const still = await Promise.race([
      waiting.then(() => "two leads"),
      wait(LEASE_MILLISECONDS).then(() => "one leads"),
    ]);
    expect(still).toBe("one leads");
    // A process that was killed renews nothing and gives nothing back.
    vi.spyOn(stage.objects, "replaceNamespacedCustomObject").mockImplementationOnce(() =>
      Promise.reject(new Error("killed")),
    );
    keeping.abort();
    expect(await kept).toBe(true);
    expect(await waiting).toBe(true);
    stop.abort();
  });

  test("one goes on to lead where the API server takes longer to answer than from one renewal to the next", async () => {
    const slow = leader("two");
    const stop = new AbortController();
    expect(await slow.won(stop.signal)).toBe(true);
    const read = stage.objects.getNamespacedCustomObject.bind(stage.objects);
    const answers = vi.spyOn(stage.objects, "getNamespacedCustomObject").mockImplementation(async (request) => {
      await wait(2500);
      return read(request);
    });
    const kept = slow.kept(stop.signal);
    expect(await Promise.race([kept, wait(LEASE_MILLISECONDS).then(() => "still leads")])).toBe("still leads");
    stop.abort();
    expect(await kept).toBe(true);
    answers.mockRestore();
  });

  test("the other becomes leader at once where the first gives its lease back", async () => {
    const [first, second] = [leader("two"), leader("three")];
    const stop = new AbortController();
    expect(await first.won(stop.signal)).toBe(true);
    const ended = new AbortController();
    ended.abort();
    expect(await first.kept(ended.signal)).toBe(true);
    expect(await second.won(stop.signal)).toBe(true);
  });
});
