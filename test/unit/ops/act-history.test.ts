import { expect, test } from "vitest";
import type { Central } from "../../../ops/central.ts";
import { actHistory } from "../../../ops/verbs/act-history.ts";
import { keptActName, type NightAct, type NightActSpec, type NightActStatus } from "../../../runs/night-act.ts";
import { CUSTOMER_LABEL } from "../../../runs/run-record.ts";

const NAME = "act-20261127080000000-abcdef";

function act(uid: string, spec: Partial<NightActSpec>, phase: NightActStatus["phase"]): NightAct {
  return {
    metadata: { name: NAME, namespace: "customer-nordbank", uid, creationTimestamp: `2026-11-27T08:00:0${uid}Z` },
    spec: { verb: "note", by: "anna@vendor.example", reason: "test", ...spec },
    status: { phase, message: "", at: "2026-11-27T08:00:09Z" },
  };
}

function copyOf({ metadata, ...act }: NightAct): NightAct {
  const { creationTimestamp = "" } = metadata;
  return {
    ...act,
    metadata: {
      name: keptActName("nordbank", metadata),
      namespace: "nightlane-system",
      labels: { [CUSTOMER_LABEL]: "nordbank" },
      annotations: { "nightlane/asked-at": creationTimestamp },
    },
  };
}

async function shown(kept: readonly NightAct[], open: readonly NightAct[]): Promise<readonly string[]> {
  const central: Partial<Central> = { keptActs: async () => kept, openActs: async () => open };
  const { items } = await actHistory(central as Central, { customer: "nordbank", limit: 10 });
  return items.map(({ customer, verb, outcome }) => `${customer} ${verb} ${outcome}`);
}

test("shows two acts under one name, each as what it was", async () => {
  const first = act("1", {}, "Done");
  const second = act("2", { verb: "end", night: "night-1" }, "Done");
  expect(await shown([copyOf(first), copyOf(second)], [])).toEqual(["nordbank end Done", "nordbank note Done"]);
});

test("shows an act that goes on once, and that of a lane that is gone", async () => {
  const open = act("1", { verb: "backfill" }, "Accepted");
  expect(await shown([copyOf(open)], [open])).toEqual(["nordbank backfill Accepted"]);
  expect(await shown([copyOf(open)], [])).toEqual(["nordbank backfill Accepted"]);
});

test("shows an act as one on the nights of its night, whatever its asker says", async () => {
  const one = act("1", { night: "night-month-end-1795724600", pipeline: "quarter-end" }, "Done");
  expect(await shown([copyOf(one)], [])).toEqual(["nordbank/month-end note Done"]);
});
