import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { faults } from "../../chaos/faults/registry.ts";

const README = readFileSync(new URL("../../chaos/README.md", import.meta.url), "utf8");

test("the README says of each fault what a person sees and when", () => {
  const [, section = ""] = README.split("## What a person sees, and when");
  const rows = [...section.matchAll(/^\| ([a-z-]+) \| .+ \| .+ \|$/gm)].map(([, name]) => name);
  expect(rows.filter((name) => name !== "fault").toSorted()).toEqual(faults.map(({ name }) => name).toSorted());
});
