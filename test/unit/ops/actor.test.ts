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

/**
 * Asks for an act in a lane.
 * @param taken When nightwatch takes it, seconds from now.
 * @param earlier When it settled the newest of the earlier acts, milliseconds, at a time.
 * @param sign What it renews while it is alive, at a time; undefined where nobody can tell.
 */
async function ask(
  taken: number,
  earlier: (now: number) => number,
  sign: (now: number) => string | undefined = () => "unchanged",
) {
  const notes: string[] = [];
  let lists = 0;
  const central = {
    whoAmI: async () => ({ name: "anna" }),
    createAct: async () => {},
    act: async (_: string, name: string) =>
      Date.now() < NOW + taken * 1000
        ? actOf(name)
        : actOf(name, { phase: "Done", message: "done", at: iso(Date.now()) }),
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
    expect(notes).toEqual(["retry: waits behind earlier acts of nordbank"]);
    expect(lists).toBeLessThanOrEqual(4);
  });

  test("says that nightwatch is down where it settles none", async () => {
    const { asked, notes, waited } = await ask(600, NEVER);
    expect(asked).toMatch(/nightwatch has not taken it within 10 s: it is down or cut off/);
    expect(notes).toEqual([]);
    expect(waited).toBeLessThan(11);
  });

  test("says so as well where nobody can tell whether it is alive", async () => {
    const { asked } = await ask(600, NEVER, () => undefined);
    expect(asked).toMatch(/it is down or cut off/);
  });

  test("waits up to a minute for one that is alive, and says that it does", async () => {
    const { asked, notes } = await ask(45, NEVER, iso);
    expect(asked).toMatchObject({ status: { phase: "Done" } });
    expect(notes).toEqual(["retry: nightwatch is alive, and has not come to it yet"]);
  });

  test("then says that it is alive and has not carried it out", async () => {
    const { asked, waited } = await ask(600, NEVER, iso);
    expect(asked).toMatch(/nightwatch, which is alive, has not carried it out within 60 s/);
    expect(waited).toBeLessThan(75);
  });

  test("says that it is down as soon as it gives no more sign", async () => {
    const { asked, waited } = await ask(600, NEVER, (now) => iso(Math.min(now, NOW + 15_000)));
    expect(asked).toMatch(/it is down or cut off/);
    expect(waited).toBeLessThan(35);
  });

  test("says so as well where it has stopped to settle any", async () => {
    const { asked, waited } = await ask(600, (now) => Math.min(now, NOW + 15_000));
    expect(asked).toMatch(/nightwatch has not taken it/);
    expect(waited).toBeLessThan(31);
  });
});
