import { describe, expect, test } from "vitest";
import { Notifier } from "../../../../nightwatch/notify/notifier.ts";
import type { Signal } from "../../../../nightwatch/signals/signal.ts";
import { signal } from "./signal.ts";

/** A notifier whose receiver takes each signal, refuses it, or answers when it is let. */
function notifier(answers: readonly (boolean | Error | Promise<boolean>)[]) {
  const tries: number[] = [];
  const sent: string[] = [];
  const stopped: string[] = [];
  const left = [...answers];
  let now = 0;
  let working = 0;
  const made = new Notifier(
    {
      send: async ({ key }, stop) => {
        tries.push(now);
        working += 1;
        try {
          const answer = left.shift() ?? true;
          if (answer instanceof Error) {
            throw answer;
          }
          const ended = new Promise<never>((_, reject) =>
            stop.addEventListener("abort", () => {
              stopped.push(key);
              reject(new Error("stopped"));
            }),
          );
          return await Promise.race([answer, ended]);
        } finally {
          working -= 1;
        }
      },
    },
    { sent: ({ key }) => void sent.push(key), failed: () => {} },
    () => now,
  );
  const round = async (at: number, signals: readonly Signal[]): Promise<void> => {
    now = at;
    made.update(signals);
    // What a receiver answers at once has been taken note of by then.
    await new Promise(setImmediate);
  };
  return { made, round, tries, sent, stopped, working: () => working };
}

const many = Array.from({ length: 40 }, (_, index) => ({ ...signal, customer: `bank-${index}` }));

describe("the notifier", () => {
  test("sends what holds, once", async () => {
    const { round, tries, sent } = notifier([]);
    for (const second of [0, 5, 10]) {
      await round(second * 1000, [signal]);
    }
    expect(tries).toEqual([0]);
    expect(sent).toEqual(["lost/var-es/1"]);
  });

  test("tries again at growing intervals", async () => {
    const down = new Error("down");
    const { round, tries, sent } = notifier([down, down, down]);
    for (let second = 0; second <= 30; second += 1) {
      await round(second * 1000, [signal]);
    }
    expect(tries).toEqual([0, 2000, 6000, 14_000]);
    expect(sent).toEqual(["lost/var-es/1"]);
  });

  test("does not send what is over, and begins again when it comes again", async () => {
    const { round, tries } = notifier([new Error("down"), true, true]);
    await round(0, [signal]);
    await round(1000, []);
    await round(1500, [signal]);
    await round(2000, []);
    await round(2500, [signal]);
    expect(tries).toEqual([0, 1500, 2500]);
  });

  test("counts nothing as sent without an address", async () => {
    const { round, sent } = notifier([false]);
    await round(0, [signal]);
    expect(sent).toEqual([]);
  });

  test("waits for no receiver, and keeps a few under way however many wait", async () => {
    const hangs = new Promise<boolean>(() => {});
    const { made, round, tries, working, stopped } = notifier(many.map(() => hangs));
    await round(0, many);
    await round(5000, many);
    expect(tries).toHaveLength(4);
    expect(working()).toBe(4);
    await made.end();
    expect(stopped).toHaveLength(4);
    expect(working()).toBe(0);
  });

  test("goes on with the next one as soon as one is taken", async () => {
    const { round, sent } = notifier([]);
    await round(0, many);
    expect(sent).toHaveLength(40);
  });
});
