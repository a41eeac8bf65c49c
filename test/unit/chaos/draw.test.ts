import { expect, test } from "vitest";
import { draw } from "../../chaos/draw.ts";
import { faults } from "../../chaos/faults/registry.ts";

test("a seed draws the same nights again, some without Argo's controller, and once-only faults at most once", () => {
  const drawn = (seed: number) =>
    draw(faults, 200, seed).map(({ fault, moment }) => ({ name: fault.name, alone: fault.alone, wait: moment?.() }));
  const nights = drawn(7);
  expect(drawn(7)).toEqual(nights);
  expect(drawn(8)).not.toEqual(nights);
  const named = new Set(faults.map(({ name }) => name));
  const alsoController = nights.filter(({ name }) => !named.has(name));
  expect(alsoController.length).toBeGreaterThan(30);
  for (const { name, alone } of alsoController) {
    expect([named.has(name.replace("-controller-killed", "")), alone]).toEqual([true, true]);
  }
  for (const { name } of faults.filter(({ once }) => once === true)) {
    expect(nights.filter((night) => night.name.startsWith(name)).length, name).toBeLessThanOrEqual(1);
  }
});
