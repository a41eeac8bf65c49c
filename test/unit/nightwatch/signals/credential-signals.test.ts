import { describe, expect, test } from "vitest";
import { credentialMetrics } from "../../../../nightwatch/credential-metrics.ts";
import { RunBook } from "../../../../nightwatch/run-book.ts";
import { credentialSignals } from "../../../../nightwatch/signals/credential-signals.ts";
import type { Signal } from "../../../../nightwatch/signals/signal.ts";
import { renderNight } from "../../../../ops/render-night.ts";
import { plain } from "../../../../ops/text/paint.ts";
import { nightState } from "../../../../runs/night-state.ts";
import { Times } from "../../../../runs/times.ts";
import type { Workflow } from "../../../../runs/workflow.ts";
import { nightWorkflow, node } from "../../ops/support/night-workflow.ts";

const DAY = 24 * 3600_000;
const TOKEN_END = "2026-04-14T00:00:00Z";
const END = Date.parse(TOKEN_END);
const written = `token=${TOKEN_END} authority=2035-01-01T00:00:00Z`;

/** The night of a day of March, with what its calendar has found of the credential. */
function night(day: number, value = written): Workflow {
  const parameters = Object.entries({
    "business-date": `2026-03-${day}`,
    open: "yes",
    variant: "regular",
    "credential-ends": value,
  }).map(([name, text]) => ({ name, value: text }));
  const calendar = node("calendar", "calendar", "Pod", "Succeeded", { outputs: { parameters } });
  const workflow = nightWorkflow({ startedAt: `2026-03-${day}T20:30:00Z`, nodes: [calendar] });
  return { ...workflow, metadata: { ...workflow.metadata, name: `night-${day}`, uid: `uid-${day}` } };
}

function book(now: number, ...nights: readonly Workflow[]): RunBook {
  const runs = new RunBook();
  for (const one of nights) {
    runs.noteWorkflow(one, now);
  }
  return runs;
}

function signals(daysLeft: number, ...nights: readonly Workflow[]): readonly Signal[] {
  const now = END - daysLeft * DAY;
  return book(now, ...nights)
    .views(now)
    .flatMap((lane) => credentialSignals(lane, now));
}

describe("a person is notified that a credential ends", () => {
  test("14, 3 and 1 days before, each time once", () => {
    const keys = [14.1, 14, 4, 3, 2, 1, 0.1, -1].map((left) => signals(left, night(31)).map(({ key }) => key));
    const key = (days: number): readonly string[] => [`credential/token/${TOKEN_END}/${days}`];
    expect(keys).toEqual([[], key(14), key(14), key(3), key(3), key(1), key(1), key(1)]);
  });

  test("by what ends and when, and what that means", () => {
    const [call] = signals(2, night(31));
    expect(call).toMatchObject({ kind: "credential", since: "2026-04-11T00:00:00.000Z" });
    expect(call?.reason).toContain("the token of the customer's credential ends on 2026-04-14 00:00 UTC");
    expect(signals(-1, night(31))[0]?.reason).toContain("ended on");
  });

  test("not again by the next night", () => {
    const now = END - 10 * DAY;
    const lanes = book(now, night(30), night(31)).views(now);
    const [first] = lanes.flatMap((lane) => credentialSignals(lane, now));
    expect(first?.night).toBe("night-31");
    const notified = lanes.map((lane) => ({
      ...lane,
      runs: lane.runs.map(({ facts }) => ({
        facts: { ...facts, notified: facts.night === "night-30" ? [first?.key ?? ""] : [] },
      })),
    }));
    expect(notified.flatMap((lane) => credentialSignals(lane, now))).toMatchObject([{ night: "night-30" }]);
  });

  test("no more once a night has a new one", () => {
    expect(signals(2, night(30), night(31, "token=2027-04-14T00:00:00Z"))).toEqual([]);
  });
});

test("the metrics have the end of each part, by the newest night", () => {
  const [metric] = credentialMetrics(book(END, night(30, "token=2026-01-01T00:00:00Z"), night(31)).views(END));
  expect(metric?.name).toBe("nightlane_credential_end_timestamp_seconds");
  expect(metric?.samples).toEqual([
    [{ customer: "nordbank", part: "token" }, END / 1000],
    [{ customer: "nordbank", part: "authority" }, Date.parse("2035-01-01T00:00:00Z") / 1000],
  ]);
});

test("show names what ends within two weeks of the night, and nothing else", () => {
  const text = (value: string): string =>
    renderNight(nightState(night(31, value), END), {
      title: "Nordbank AG",
      paint: plain,
      times: new Times(),
      now: END,
    });
  expect(text(written)).toContain(
    `the token of the credential ends on ${TOKEN_END.slice(0, 10)} ${TOKEN_END.slice(11, 16)} UTC`,
  );
  expect(text("token=2026-05-14T00:00:00Z")).not.toContain("ends on");
});
