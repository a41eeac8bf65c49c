import { expect, test } from "vitest";
import type { AlertmanagerNotification } from "../../alerts/live/calls.ts";
import { callsIn } from "../../soak/calls.ts";

const notification = (status: "firing" | "resolved", startsAt: string): AlertmanagerNotification => ({
  receiver: "on-call",
  alerts: [
    {
      status,
      startsAt,
      labels: { alertname: "NightlaneJobLost", customer: "nordbank", step: "revaluation", severity: "critical" },
      annotations: { command: "nightlane show nordbank" },
    },
  ],
});

test("a repeated call is one until it is resolved; one that begins again is another", () => {
  const first = "2026-11-28T22:00:00Z";
  const again = "2026-11-28T22:20:00Z";
  const calls = callsIn([
    notification("firing", first),
    notification("firing", first),
    notification("resolved", first),
    notification("firing", again),
  ]);
  expect(calls).toMatchObject([
    { alert: "NightlaneJobLost", customer: "nordbank", step: "revaluation", since: Date.parse(first), isOver: true },
    { command: "nightlane show nordbank", since: Date.parse(again), isOver: false },
  ]);
});
