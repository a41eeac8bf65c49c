import { describe, expect, test } from "vitest";
import { requireRoom, roomForBackfill } from "../../../nightwatch/acts/lane-room.ts";
import { KEPT_WORKFLOWS } from "../../../runs/lane-limits.ts";

const NAMESPACE = "customer-nordbank";
/** A lane that keeps all but so many of the workflows that it may. */
const leaving = (free: number, further = 0) => ({ workflowCount: async () => KEPT_WORKFLOWS + 15 * further - free });

describe("room in a lane for the nights of its schedule", () => {
  test("is kept by a backfill for two weeks of them", async () => {
    expect(await roomForBackfill(leaving(30), NAMESPACE, 0)).toBe(5);
    expect(await roomForBackfill(leaving(20), NAMESPACE, 0)).toBeLessThanOrEqual(0);
    expect(await roomForBackfill(leaving(30, 2), NAMESPACE, 2)).toBe(5);
  });

  test.each(["replay", "restate", "read-log"])(
    "is kept by a %s for the next ones, with the reason and what to do",
    async (verb) => {
      await expect(requireRoom(leaving(11), NAMESPACE, 0, verb)).resolves.toBeUndefined();
      await expect(requireRoom(leaving(10), NAMESPACE, 0, verb)).rejects.toMatchObject({
        message: `${verb}: the lane of nordbank has room for 10 more workflows, which are those of its schedule`,
        remedy: expect.stringContaining("kubectl -n customer-nordbank delete workflows"),
      });
    },
  );
});
