import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Webhook } from "../../../../nightwatch/notify/webhook.ts";
import { temporaryFolder } from "../../../support/folders.ts";
import { Receiver } from "./receiver.ts";
import { signal } from "./signal.ts";

const RUNBOOK = "https://wiki.vendor.example/nights";
const running = new AbortController().signal;

let folder: string;
let receiver: Receiver;
let webhook: Webhook;

beforeEach(async () => {
  folder = temporaryFolder();
  receiver = await Receiver.start();
  webhook = new Webhook(folder, RUNBOOK);
});
afterEach(async () => {
  await receiver.stop();
});

const address = (path = "/secret-path"): void => writeFileSync(join(folder, "url"), `${receiver.url}${path}\n`);

describe("the webhook", () => {
  test("sends JSON with a line for people, the severity and the declared runbook", async () => {
    address();
    expect(await webhook.send(signal, running)).toBe(true);
    expect(receiver.bodies).toMatchObject([
      {
        ...signal,
        severity: "critical",
        runbook: `${RUNBOOK}#a-remote-job-is-lost`,
        text: expect.stringContaining(signal.command),
      },
    ]);
  });

  test("has nothing to send to without its file", async () => {
    expect(await webhook.send(signal, running)).toBe(false);
  });

  test("sends the Authorization header that is there", async () => {
    address();
    writeFileSync(join(folder, "authorization"), "Bearer abc\n");
    await webhook.send(signal, running);
    expect(receiver.received[0]?.headers.authorization).toBe("Bearer abc");
  });

  test("makes foreign text one harmless line", async () => {
    address();
    const reason = `ended: <!channel> <https://login.attacker.example|sign in> & \u001b[31mred\u202eder\n${"x".repeat(500)}`;
    await webhook.send({ ...signal, reason }, running);
    const [{ text, reason: sent }] = receiver.bodies as [{ text: string; reason: string }];
    expect(sent).toHaveLength(300);
    expect(sent).toMatch(/^ended: <!channel> .* & \[31mred der x+…$/);
    expect(text).toMatch(/&lt;!channel&gt; &lt;https:.*&gt; &amp;/);
    expect(text).not.toMatch(/[<>]|\p{Cf}/u);
    expect(text.split("\n")).toHaveLength(3);
  });

  test.each([
    ["refuses", 500],
    ["sends it elsewhere", 307],
  ])("fails where the receiver %s", async (_, status) => {
    address();
    receiver.answers = status;
    await expect(webhook.send(signal, running)).rejects.toThrow(`it answered ${status}`);
    expect(receiver.received).toHaveLength(1);
  });

  test("never tells its address, which is a secret", async () => {
    writeFileSync(join(folder, "url"), "http://127.0.0.1:1/secret-path");
    await expect(webhook.send(signal, running)).rejects.toThrow(/^it cannot be reached \(ECONNREFUSED\)$/);
    writeFileSync(join(folder, "url"), "secret-path");
    await expect(webhook.send(signal, running)).rejects.toThrow(/^the address is not an http or https URL$/);
  });

  test("gives up a receiver that answers nothing when it is stopped", async () => {
    address();
    receiver.answers = undefined;
    const stop = new AbortController();
    const sending = webhook.send(signal, stop.signal);
    await expect.poll(() => receiver.received.length).toBe(1);
    stop.abort();
    await expect(sending).rejects.toThrow(/cannot be reached/);
  });
});
