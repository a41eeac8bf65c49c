import { beforeEach, describe, expect, test, vi } from "vitest";
import { Actor } from "../../../ops/acts/actor.ts";
import type { Central } from "../../../ops/central.ts";
import type { Lane } from "../../../ops/lanes.ts";
import type { NightAct, NightActStatus } from "../../../runs/night-act.ts";

const NOW = Date.parse("2026-03-31T21:00:00Z");

/** Waiting passes the time of the test, and none of anybody else's. */
const pause = async (milliseconds: number): Promise<void> => {
  vi.setSystemTime(Date.now() + milliseconds);
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  return () => vi.useRealTimers();
});

const LANE = {
  customer: "nordbank",
  namespace: "customer-nordbank",
  series: { customer: "nordbank" },
} as unknown as Lane;
const iso = (at: number): string => new Date(at).toISOString();

/** No earlier act was settled since. */
const NEVER = (): number => NOW - 60_000;

function actOf(name: string, status?: NightActStatus): NightAct {
  const spec = { verb: "retry", by: "anna", reason: "test" } as const;
  const metadata = { name, namespace: LANE.namespace, creationTimestamp: iso(NOW) };
  return { metadata, spec, ...(status === undefined ? {} : { status }) };
}

const SILENT = "retry of market: nightwatch gives no sign of life; another one takes over within 15 s, if there is one";
const ALIVE = "retry of market: nightwatch is alive, and has not come to it yet";

interface Cluster {
  /** What nightwatch renews while it is alive, at a time; undefined where nobody can tell. */
  readonly sign?: (now: number) => string | undefined;
  /** How long the API server takes to say what became of the act. */
  readonly answerSeconds?: number;
}

/**
 * Asks for an act in a lane.
 * @param taken When nightwatch takes it, seconds from now.
 * @param earlier When it settled the newest of the earlier acts, milliseconds, at a time.
 */
async function ask(
  taken: number,
  earlier: (now: number) => number,
  { sign = () => "unchanged", answerSeconds = 0 }: Cluster = {},
) {
  const notes: string[] = [];
  let lists = 0;
  const central = {
    whoAmI: async () => ({ name: "anna" }),
    createAct: async () => {},
    act: async (_: string, name: string) => {
      await pause(answerSeconds * 1000);
      return Date.now() < NOW + taken * 1000
        ? actOf(name)
        : actOf(name, { phase: "Done", message: "done", at: iso(Date.now()) });
    },
    signOfNightwatch: async () => sign(Date.now()),
    acts: async () => {
      lists += 1;
      return [actOf("act-earlier", { phase: "Done", message: "done", at: iso(earlier(Date.now())) }), actOf("act-own")];
    },
  };
  const options = { reason: "test", dryRun: false, note: (text: string) => notes.push(text) };
  const actor = new Actor(central as unknown as Central, options, pause);
  const asked = await actor.ask(LANE, { verb: "retry", step: "market" }).catch((error: Error) => error.message);
  return { asked, notes, lists, waited: (Date.now() - NOW) / 1000 };
}

describe("an act that nightwatch has not taken after ten seconds", () => {
  test("waits behind earlier ones for as long as nightwatch settles those", async () => {
    const { asked, notes, lists } = await ask(45, (now) => now - 200);
    expect(asked).toMatchObject({ status: { phase: "Done" } });
    expect(notes).toEqual(["retry of market: waits behind earlier acts of nordbank"]);
    expect(lists).toBeLessThanOrEqual(4);
  });

  test("says so at once where nobody can tell whether nightwatch is alive", async () => {
    const { asked, notes, waited } = await ask(600, NEVER, { sign: () => undefined });
    expect(asked).toMatch(/nightwatch has not taken it: it is down or cut off/);
    expect([notes, waited < 11]).toEqual([[], true]);
  });

  test("says that nightwatch is silent and, once no other can have taken over, that it is down", async () => {
    const { asked, notes, waited } = await ask(600, NEVER);
    expect(asked).toMatch(/nightwatch has not taken it: it is down or cut off/);
    expect(notes).toEqual([SILENT]);
    expect(waited).toBeLessThan(20);
  });

  test("says that it is down too where it has stopped to settle any", async () => {
    const { asked, waited } = await ask(600, (now) => Math.min(now, NOW + 15_000));
    expect(asked).toMatch(/it is down or cut off/);
    expect(waited).toBeLessThan(31);
  });

  test("waits for another nightwatch to take over", async () => {
    const takenOver = (now: number) => iso(now < NOW + 15_000 ? NOW : now);
    const { asked, notes } = await ask(17, NEVER, { sign: takenOver });
    expect(asked).toMatchObject({ status: { phase: "Done" } });
    expect(notes).toEqual([SILENT, ALIVE]);
  });

  test("waits up to a minute for one that is alive, and says so once", async () => {
    const { asked, notes } = await ask(45, NEVER, { sign: iso });
    expect(asked).toMatchObject({ status: { phase: "Done" } });
    expect(notes).toEqual([ALIVE]);
  });

  test("then says that it is alive and has not taken it", async () => {
    const { asked, waited } = await ask(600, NEVER, { sign: iso });
    expect(asked).toMatch(/nightwatch, which is alive, has not taken it within a minute/);
    expect(waited).toBeLessThan(75);
  });

  test("is not given up over one look after a long answer: nothing is known of the time in between", async () => {
    const { asked } = await ask(30, NEVER, { sign: iso, answerSeconds: 9 });
    expect(asked).toMatchObject({ status: { phase: "Done" } });
  });
});
