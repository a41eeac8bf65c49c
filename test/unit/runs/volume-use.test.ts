import { describe, expect, test } from "vitest";
import { volumeUse } from "../../../runs/volume-use.ts";
import type { Workflow } from "../../../runs/workflow.ts";
import { node } from "../ops/support/night-workflow.ts";

const ENDED = "2026-03-31T21:00:09Z";

function reaper(outputs: Readonly<Record<string, string>>, finishedAt: string | null = ENDED): Workflow {
  const parameters = Object.entries(outputs).map(([name, value]) => ({ name, value }));
  const tidy = node("tidy-1", "tidy", "Pod", "Succeeded", { finishedAt, outputs: { parameters } });
  const reap = node("reap-1", "reap", "Pod", "Succeeded", { finishedAt: ENDED });
  return {
    metadata: { name: "reaper-1774990800", namespace: "customer-nordbank", uid: "uid-r" },
    spec: {},
    status: { phase: "Succeeded", nodes: { [reap.id]: reap, [tidy.id]: tidy } },
  };
}

describe("what a reaper says of the volumes", () => {
  test("is how full each was when it looked", () => {
    const at = Date.parse(ENDED);
    expect(volumeUse(reaper({ "lane-used": "43", "customer-used": "100" }))).toEqual([
      { volume: "lane", ratio: 0.43, at },
      { volume: "customer", ratio: 1, at },
    ]);
  });

  test("is nothing of a volume that it could not look at, nor before it has ended", () => {
    expect(volumeUse(reaper({ "lane-used": "0", "customer-used": "" }))).toMatchObject([{ volume: "lane", ratio: 0 }]);
    expect(volumeUse(reaper({ "lane-used": "43" }, null))).toEqual([]);
    expect(volumeUse({ ...reaper({}), status: {} })).toEqual([]);
  });

  test("is nothing but a percentage, whatever a runner that was taken over writes", () => {
    for (const odd of ["101", "-1", "1e2", "NaN", "{{=1}}", "043", "x".repeat(1000)]) {
      expect(volumeUse(reaper({ "lane-used": odd })), odd).toEqual([]);
    }
  });
});
