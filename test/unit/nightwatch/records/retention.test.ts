import { expect, test } from "vitest";
import { removeExpired } from "../../../../nightwatch/records/retention.ts";
import { CUSTOMER_LABEL, DATE_LABEL, type RunFacts, type RunRecord, recordName } from "../../../../runs/run-record.ts";

const NOW = Date.parse("2026-07-31T12:00:00Z");
const OLD = "2026-03-31";

function record(night: string, date: string, parts: Partial<RunFacts>): RunRecord {
  const spec: RunFacts = {
    customer: "nordbank",
    night,
    uid: night,
    pipeline: "night",
    businessDate: date,
    runNumber: 1,
    purpose: "schedule",
    template: "night-0123456789",
    images: [],
    parameters: {},
    phase: "Succeeded",
    startedAt: `${date}T20:30:00Z`,
    finishedAt: `${date}T22:00:00Z`,
    late: false,
    steps: [],
    acts: [],
    unreadableActs: [],
    notified: [],
    ...parts,
  };
  return {
    apiVersion: "nightlane.example/v1",
    kind: "RunRecord",
    metadata: {
      name: recordName("nordbank", night),
      namespace: "nightlane-system",
      labels: { [CUSTOMER_LABEL]: "nordbank", [DATE_LABEL]: date },
      creationTimestamp: spec.startedAt ?? `${date}T20:45:00Z`,
    },
    spec,
  };
}

/** Which of the records are removed after 90 days. */
async function removed(...records: readonly RunRecord[]): Promise<readonly string[]> {
  const kept = new Map(records.map((one) => [one.metadata.name, one]));
  const store = {
    async *heads() {
      yield* records;
    },
    find: async (name: string) => kept.get(name),
    remove: async (name: string) => {
      kept.delete(name);
    },
  };
  const names: string[] = [];
  for await (const name of removeExpired(store, 90, NOW)) {
    names.push(name);
  }
  expect(names.filter((name) => kept.has(name))).toEqual([]);
  return names.map((name) => name.slice("nordbank.".length));
}

test("a night that ended well goes after its time, and not before", async () => {
  expect(await removed(record("night-a", OLD, {}), record("night-b", "2026-07-01", {}))).toEqual(["night-a"]);
});

const WAIVER = {
  id: "w",
  by: "anna@vendor.example",
  verb: "waive",
  reason: "computed by hand",
  at: "2026-04-02T00:00:00Z",
} as const;

test.each(["Failed", "Error", "Gone", "Missed"] as const)(
  "a date that is %s stays, however old it is, until somebody has run or waived it",
  async (phase) => {
    const open = record("night-a", OLD, { phase });
    expect(await removed(open)).toEqual([]);
    expect(await removed(record("night-a", OLD, { phase, acts: [WAIVER] }))).toEqual(["night-a"]);
    expect(await removed(open, record("night-2026-03-31-run-2", OLD, {}))).toEqual([
      "night-a",
      "night-2026-03-31-run-2",
    ]);
  },
);

test("the good run of a date stays as long as a later one of it that failed: else the date would be open again", async () => {
  const late = { phase: "Failed", startedAt: "2026-07-01T08:00:00Z", finishedAt: "2026-07-01T09:00:00Z" } as const;
  expect(await removed(record("night-a", OLD, {}), record("night-2026-03-31-run-2", OLD, late))).toEqual([]);
});

test("further nights of the same date are a date of their own", async () => {
  const monthEnd = record("night-month-end-1774989000", OLD, { pipeline: "month-end" });
  expect(await removed(record("night-a", OLD, { phase: "Failed" }), monthEnd)).toEqual(["night-month-end-1774989000"]);
});
