import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faults } from "../../chaos/faults/registry.ts";

const README = readFileSync(new URL("../../chaos/README.md", import.meta.url), "utf8");

test("the README says for each fault what a person sees and when", () => {
  const [, section = ""] = README.split("## What a person sees, and when");
  const rows = [...section.matchAll(/^\| ([a-z-]+) \| .+ \| .+ \|$/gm)].map(([, name]) => name);
  expect(rows.filter((name) => name !== "fault").toSorted()).toEqual(faults.map(({ name }) => name).toSorted());
});

/** R39: what the runner's own tests can only simulate, each injected once into real parts. */
test.each([
  ["a runner is evicted, or drained", ["runner-evicted", "runner-drained"]],
  ["the driver is evicted", ["driver-evicted"]],
  ["the driver's node is lost", ["driver-node-lost"]],
  ["two runners bring results at once", ["two-runners-bringing"]],
  ["a frozen runner goes on after its successor", ["runner-frozen"]],
  ["the lane's volume is full", ["lane-volume-full"]],
  ["a log is rotated", ["log-rotated"]],
  ["the API server forbids what it permitted", ["permissions-missing"]],
  ["the API server has a new authority", ["authority-replaced"]],
  ["a container that runs on is put beside the driver", ["sidecar-added"]],
])("there is a fault in which %s", (_, names) => {
  expect(faults.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});
