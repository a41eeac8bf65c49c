import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AlertmanagerFeed } from "../../../../nightwatch/notify/alertmanager-feed.ts";
import type { Signal } from "../../../../nightwatch/signals/signal.ts";
import { temporaryFolder } from "../../../support/folders.ts";
import { Receiver } from "./receiver.ts";
import { signal } from "./signal.ts";

const START = Date.parse("2026-03-31T22:00:00.000Z");
const MINUTE = 60_000;

interface Sent {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

let folder: string;
let replicas: readonly [Receiver, Receiver];
let feed: AlertmanagerFeed;
let now: number;
let failures: number;

beforeEach(async () => {
  folder = temporaryFolder();
  replicas = [await Receiver.start(), await Receiver.start()];
  now = START;
  failures = 0;
  feed = new AlertmanagerFeed({
    urls: [`${replicas[0].url}/prefix/`, replicas[1].url],
    folder: folder,
    runbook: "https://wiki.vendor.example/nights",
    clock: () => now,
    failed: () => {
      failures += 1;
    },
  });
});
afterEach(async () => {
  await feed.end();
  for (const replica of replicas) {
    await replica.stop();
  }
});

test("two ends of a credential are two alerts, whichever night reports them, and a nearer end is another one", async () => {
  const ends = (part: string, days: number, night: string): Signal => ({
    ...signal,
    key: `credential/${part}/${days}`,
    kind: "credential",
    night,
    labels: { part, days: String(days) },
  });
  await round(0, ends("token", 3, "night-1"), ends("authority", 3, "night-1"));
  await round(2, ends("token", 1, "night-2"), ends("authority", 3, "night-2"));
  const labels = (replicas[0].bodies.at(-1) as readonly Sent[]).flatMap((alert) =>
    alert.labels.part === undefined ? [] : [`${alert.labels.part} ${alert.labels.days} ${alert.labels.night ?? ""}`],
  );
  expect(labels).toEqual(["token 1 ", "authority 3 ", "token 3 "]);
});

/** A round at a minute; waits until everything that it set off has come or failed. */
async function round(minute: number, ...signals: readonly Signal[]): Promise<void> {
  now = START + minute * MINUTE;
  feed.update(signals);
  await feed.idle();
}

/** What the last request of a replica says of the alert of the step, or of another name. */
function last(replica: Receiver, name = "NightlaneJobLost"): Sent | undefined {
  const alerts = (replica.bodies.at(-1) ?? []) as readonly Sent[];
  return alerts.find(({ labels }) => labels.alertname === name);
}

describe("the feed of an Alertmanager", () => {
  test("tells every replica what holds, with what routing and people need", async () => {
    writeFileSync(join(folder, "authorization"), "Bearer abc");
    await round(0, { ...signal, reason: "<!channel>\nJob nl-var-es is gone" });
    expect(replicas.map(({ received }) => received.map(({ path }) => path))).toEqual([
      ["/prefix/api/v2/alerts"],
      ["/api/v2/alerts"],
    ]);
    expect(replicas[0].received[0]?.headers.authorization).toBe("Bearer abc");
    expect(last(replicas[1])).toEqual({
      labels: {
        alertname: "NightlaneJobLost",
        severity: "critical",
        customer: "nordbank",
        step: "var-es",
        night: "night-2026-03-31-run-1",
        business_date: "2026-03-31",
      },
      annotations: {
        summary: "nordbank: nobody knows what became of the remote Job of step var-es.",
        description: "‹!channel› Job nl-var-es is gone",
        command: signal.command,
        since: signal.since,
        runbook_url: "https://wiki.vendor.example/nights#a-remote-job-is-lost",
      },
      startsAt: "2026-03-31T22:00:00.000Z",
      endsAt: "2026-03-31T22:20:00.000Z",
      generatorURL: "https://wiki.vendor.example/nights#a-remote-job-is-lost",
    });
  });

  test("says it again each minute for as long as it holds, and no more often", async () => {
    for (const minute of [0, 0.1, 0.5, 1, 1.1, 2]) {
      await round(minute, signal);
    }
    expect(replicas[0].received).toHaveLength(3);
    expect(last(replicas[0])).toMatchObject({
      startsAt: "2026-03-31T22:00:00.000Z",
      endsAt: "2026-03-31T22:22:00.000Z",
    });
  });

  test("says at once that it is over, and keeps saying so for those who were away", async () => {
    await round(0, signal);
    replicas[1].answers = 503;
    await round(0.2);
    expect(last(replicas[0])?.endsAt).toBe("2026-03-31T22:00:12.000Z");
    replicas[1].answers = 200;
    await round(5);
    expect(last(replicas[1])).toMatchObject({ endsAt: "2026-03-31T22:00:12.000Z" });
    await round(16);
    expect(last(replicas[1])).toBeUndefined();
  });

  test("does not call over what comes again", async () => {
    await round(0, signal);
    await round(1);
    await round(2, signal);
    expect(last(replicas[0])?.endsAt).toBe("2026-03-31T22:22:00.000Z");
  });

  test("gives a sign of life that ends soon after its last round", async () => {
    await round(0);
    expect(last(replicas[0], "NightlaneWatchdog")).toMatchObject({
      labels: { severity: "none" },
      startsAt: "2026-03-31T22:00:00.000Z",
      endsAt: "2026-03-31T22:05:00.000Z",
    });
  });

  test("lets no replica keep another from hearing, and tries one that was away at growing intervals", async () => {
    replicas[0].answers = 500;
    for (let second = 0; second < 30; second += 1) {
      await round(second / 60, signal);
    }
    expect(replicas[0].received).toHaveLength(4);
    expect(failures).toBe(4);
    expect(replicas[1].received).toHaveLength(1);
  });

  test("sends more than a request holds in several", async () => {
    await round(0, ...Array.from({ length: 450 }, (_, index) => ({ ...signal, customer: `bank-${index}` })));
    expect(replicas[0].bodies.map((body) => (body as readonly Sent[]).length)).toEqual([200, 200, 51]);
  });
});
