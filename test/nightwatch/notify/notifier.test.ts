import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Notifier } from "../../../nightwatch/notify/notifier.ts";
import { Webhook } from "../../../nightwatch/notify/webhook.ts";
import type { Signal } from "../../../nightwatch/signals/signal.ts";

const signal: Signal = {
  key: "lost/var-es/1",
  kind: "lost",
  customer: "nordbank",
  night: "night-2026-03-31-run-1",
  businessDate: "2026-03-31",
  runNumber: 1,
  step: "var-es",
  since: "2026-03-31T21:00:00Z",
  reason: "attempt 1 failed (exit code 30): Job nl-var-es is gone",
  command: 'nightlane retry nordbank var-es --reason "..."',
  runbook: "https://git.nightlane.example/operate.md#a-remote-job-is-lost",
};

describe("the notifier", () => {
  function notifier(answers: readonly (boolean | Error)[]) {
    const tries: number[] = [];
    const sent: string[] = [];
    let now = 0;
    const left = [...answers];
    const made = new Notifier(
      {
        send: async () => {
          tries.push(now);
          const answer = left.shift() ?? true;
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
      { sent: async ({ key }) => void sent.push(key), failed: () => {} },
    );
    const round = async (at: number, signals: readonly Signal[]): Promise<void> => {
      now = at;
      await made.send(signals, at);
    };
    return { round, tries, sent };
  }

  test("sends what holds", async () => {
    const { round, sent } = notifier([true]);
    await round(0, [signal]);
    expect(sent).toEqual(["lost/var-es/1"]);
  });

  test("tries again at growing intervals", async () => {
    const down = new Error("down");
    const { round, tries, sent } = notifier([down, down, down]);
    for (let second = 0; second <= 30; second += 1) await round(second * 1000, sent.length > 0 ? [] : [signal]);
    expect(tries).toEqual([0, 2000, 6000, 14_000]);
    expect(sent).toEqual(["lost/var-es/1"]);
  });

  test("does not send what is over, and begins anew when it comes again", async () => {
    const { round, tries } = notifier([new Error("down"), true]);
    await round(0, [signal]);
    await round(1000, []);
    await round(1500, [signal]);
    expect(tries).toEqual([0, 1500]);
  });

  test("counts nothing as sent without an address", async () => {
    const { round, sent } = notifier([false]);
    await round(0, [signal]);
    expect(sent).toEqual([]);
  });
});

describe("the webhook", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nightlane-webhook-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("sends JSON with a line for people", async () => {
    const bodies: string[] = [];
    const server = createServer((request, answer) => {
      request.on("data", (chunk: Buffer) => bodies.push(chunk.toString()));
      request.on("end", () => answer.writeHead(204).end());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const file = join(folder, "url");
    writeFileSync(file, `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path\n`);
    expect(await new Webhook(file).send(signal)).toBe(true);
    server.close();
    const body = JSON.parse(bodies.join(""));
    expect(body).toMatchObject(signal);
    expect(body.text).toContain(signal.command);
  });

  test("has nothing to send to without its file", async () => {
    expect(await new Webhook(join(folder, "absent")).send(signal)).toBe(false);
  });

  test("never tells its address, which is a secret", async () => {
    const file = join(folder, "url");
    writeFileSync(file, "http://127.0.0.1:1/secret-path");
    await expect(new Webhook(file).send(signal)).rejects.toThrow(/^the webhook cannot be reached \([A-Za-z_ ]+\)$/);
  });
});
