import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Central } from "../../../ops/central.ts";
import { ExitCode } from "../../../ops/exit-code.ts";
import { ASKED_AT } from "../../../runs/annotations.ts";
import { addDays } from "../../../runs/local-time.ts";
import type { NightAct } from "../../../runs/night-act.ts";
import { runFacts } from "../../../runs/run-facts.ts";
import { cron, NOW, night, passed } from "./support/fleet.ts";
import { StandInApi } from "./support/stand-in-api.ts";
import { expectWidth, onTerminal, piped, uncoloured } from "./support/terminal.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** A lane with the records of so many days before tonight, and no workflow of them any more. */
async function withRecords(days: number): Promise<StandInApi> {
  const api = await StandInApi.start();
  api.lane("nordbank", { cron: cron("nordbank") });
  for (let index = 1; index <= days; index += 1) {
    const date = addDays("2026-11-26", -index);
    const startedAt = `${date}T21:30:00Z`;
    const finishedAt = `${addDays(date, 1)}T02:10:00Z`;
    const parts = { date, startedAt, finishedAt, phase: "Succeeded", open: "yes", nodes: passed() } as const;
    api.record({ ...runFacts(night("nordbank", parts), undefined, NOW), customer: "nordbank" });
  }
  return api;
}

describe("history", () => {
  test("says how many runs it left out, and reads no more records than it shows", async () => {
    const api = await withRecords(31);
    const result = await onTerminal("history", "nordbank", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done, err: "" });
    expectWidth(result.out, 80);
    const lines = uncoloured(result.out).trimEnd().split("\n");
    expect(lines).toHaveLength(32);
    expect(lines[1]).toMatch(/^2026-11-25 +1 +schedule +Succeeded +2026-11-25 22:30 CET +4:40:00$/);
    expect(lines.at(-1)).toBe("30 of 31 runs; --limit 31 shows all");
    expect(api.requests.filter((request) => /runrecords\/nordbank/.test(request))).toHaveLength(30);
  });

  test("knows how many there are from one list that holds no content", async () => {
    const api = await withRecords(450);
    const result = await piped("history", "nordbank", "--limit", "2", "-o", "json", "--kubeconfig", api.kubeconfig());
    expect(JSON.parse(result.out)).toMatchObject({ kind: "RunList", total: 450, timezone: "Europe/Berlin" });
    expect(api.requests.filter((request) => request.endsWith("/runrecords"))).toHaveLength(1);
    expect(api.requests.filter((request) => /runrecords\/nordbank/.test(request))).toHaveLength(2);
  });

  test("that needs every record, as for a backfill, reads them in one answer", async () => {
    const api = await withRecords(450);
    const central = Central.fromKubeconfig(api.kubeconfig());
    expect(await central.runRecords.all({ customer: "nordbank" })).toHaveLength(450);
    expect(api.requests.filter((request) => request.endsWith("/runrecords"))).toHaveLength(1);
  });

  test("refuses a range that ends before it begins", async () => {
    const api = await withRecords(1);
    const range = ["--from", "2026-11-28", "--to", "2026-11-01"];
    const result = await piped("history", "nordbank", ...range, "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.usage, out: "" });
    expect(result.err).toContain("--from 2026-11-28 is after --to 2026-11-01");
  });

  test("shows a customer whose lane is gone, from its records", async () => {
    const api = await withRecords(3);
    api.record({
      ...runFacts(night("oldbank", { phase: "Succeeded", open: "yes" }), undefined, NOW),
      customer: "oldbank",
    });
    const result = await piped("history", "oldbank", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done });
    expect(result.out).toContain("2026-11-26 21:30 UTC");
  });

  test("shows one date with all that is known, within the screen", async () => {
    const api = await withRecords(3);
    const result = await onTerminal("history", "nordbank", "--date", "2026-11-25", "--kubeconfig", api.kubeconfig());
    expectWidth(result.out, 80);
    expect(result.out).toContain("2026-11-25 22:30 CET");
  });
});

test("a login page in place of the API server is named as what it is", async () => {
  const api = await withRecords(1);
  api.trouble.set("*", { how: "html", times: 10 });
  const result = await piped("history", "nordbank", "--kubeconfig", api.kubeconfig());
  expect(result).toMatchObject({ code: ExitCode.unreachable, out: "" });
  expect(result.err).toContain("this is not a Kubernetes API server");
});

/**
 * The copy of an act that is kept.
 * @param time When the API server took it; the name claims another time, as it may.
 */
function keptAct(
  customer: string,
  time: string,
  verb: "retry" | "waive",
  phase: "Done" | "Refused",
  claimed = "20200101000000000",
): NightAct {
  return {
    metadata: {
      name: `${customer}.act-${claimed}-0a1b2c`,
      namespace: "nightlane-system",
      labels: { "nightlane/customer": customer },
      annotations: { [ASKED_AT]: time },
      creationTimestamp: "2026-11-28T00:00:00Z",
    },
    spec: { verb, by: "anna@vendor.example", reason: "quota raised", ...(verb === "retry" ? { step: "report" } : {}) },
    status: { phase, message: "", at: "2026-11-27T02:00:01Z" },
  };
}

describe("history --acts", () => {
  test("lists who asked for what, the newest first, over all customers, and what became of it", async () => {
    const api = await StandInApi.start();
    for (const act of [
      keptAct("nordbank", "2026-11-25T02:00:00Z", "retry", "Done"),
      keptAct("alpenkredit", "2026-11-27T02:00:00Z", "waive", "Refused"),
    ]) {
      api.acts.set(act.metadata.name, act);
    }
    const result = await onTerminal("history", "--acts", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code: ExitCode.done, err: "" });
    expectWidth(result.out, 80);
    const [, first, second] = uncoloured(result.out).trimEnd().split("\n");
    expect(first).toMatch(/^2026-11-27 02:00 UTC +alpenkredit +anna@vendor.example +waive +- +Refused/);
    expect(second).toMatch(/^2026-11-25 02:00 UTC +nordbank +anna@vendor.example +retry +report +Done/);
    const later = await piped(
      "history",
      "--acts",
      "--from",
      "2026-11-26",
      "-o",
      "json",
      "--kubeconfig",
      api.kubeconfig(),
    );
    expect(JSON.parse(later.out).items).toMatchObject([{ customer: "alpenkredit", outcome: "Refused" }]);
  });

  test("takes the API server's time, whatever time the name of an act claims", async () => {
    const api = await StandInApi.start();
    const act = keptAct("nordbank", "2026-11-25T02:00:00Z", "retry", "Done", "99999999999999999");
    api.acts.set(act.metadata.name, act);
    const result = await piped("history", "--acts", "-o", "json", "--kubeconfig", api.kubeconfig());
    expect(JSON.parse(result.out)).toMatchObject({ total: 1, items: [{ at: "2026-11-25T02:00:00Z" }] });
  });

  test.each([
    ["all lanes", true],
    ["single lanes", false],
  ])(
    "has the acts that still go on for a user who sees %s, and says how many there are in all",
    async (_, seesAllLanes) => {
      const api = await StandInApi.start();
      api.seesAllLanes = seesAllLanes;
      api.lane("nordbank", { cron: cron("nordbank") });
      const open: NightAct = {
        metadata: { name: "act-1", namespace: "customer-nordbank", creationTimestamp: "2026-11-27T01:00:00Z" },
        spec: {
          verb: "backfill",
          by: "anna@vendor.example",
          reason: "month again",
          date: "2026-10-01",
          to: "2026-10-30",
        },
        status: { phase: "Accepted", message: "2 of 22 nights", at: "2026-11-27T01:00:01Z" },
      };
      for (const act of [open, keptAct("nordbank", "2026-11-25T02:00:00Z", "retry", "Done")]) {
        api.acts.set(act.metadata.name, act);
      }
      const result = await piped("history", "--acts", "--limit", "1", "--kubeconfig", api.kubeconfig());
      expect(result.out).toMatch(/^2026-11-27 01:00 UTC +nordbank .*backfill +2026-10-01 +Accepted +month again$/m);
      expect(result.out).toMatch(/^1 of 2 acts; --limit 2 shows all$/m);
    },
  );

  test.each([
    [["--from", "2026-11-28", "--to", "2026-11-01"], ExitCode.usage, /--from 2026-11-28 is after --to 2026-11-01/],
    [["--date", "2026-11-25"], ExitCode.done, /^$/],
  ])("takes a period: %j", async (period, code, err) => {
    const api = await StandInApi.start();
    for (const [customer, time] of [
      ["nordbank", "2026-11-25T02:00:00Z"],
      ["alpenkredit", "2026-11-27T02:00:00Z"],
    ] as const) {
      const act = keptAct(customer, time, "retry", "Done");
      api.acts.set(act.metadata.name, act);
    }
    const result = await piped("history", "--acts", ...period, "-o", "json", "--kubeconfig", api.kubeconfig());
    expect(result).toMatchObject({ code, err: expect.stringMatching(err) });
    expect(code === ExitCode.done ? JSON.parse(result.out).items : []).toHaveLength(code === ExitCode.done ? 1 : 0);
  });

  test("without it, asks for a customer", async () => {
    expect(await piped("history")).toMatchObject({ code: ExitCode.usage });
  });
});
