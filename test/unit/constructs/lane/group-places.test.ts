import { describe, expect, test } from "vitest";
import { Cpu, Size } from "../../../../constructs/index.ts";
import type { Night } from "../../../../constructs/night/night.ts";
import { runnersAtOnce } from "../../../../constructs/night/runners-at-once.ts";
import { customerWithSteps, smallSpark, testCustomer } from "../../../support/customer.ts";
import { manifestsOf } from "../../../support/manifests.ts";
import { tasks, template } from "../../../support/night.ts";

/** Twelve portfolios side by side, of which eight at once, and a step beside them. */
function portfolios(night: Night): void {
  const group = night.group("portfolios", { atOnce: 8 });
  for (let place = 1; place <= 12; place += 1) {
    night.spark(`value-${place}`, smallSpark({ group }));
  }
  night.spark("beside", smallSpark());
}

function placesOf(steps: (night: Night) => void): readonly object[] {
  const capacity = { cpu: Cpu.units(20), memory: Size.gibibytes(80) };
  return manifestsOf(customerWithSteps(steps, { cluster: { capacity } })).lane.filter(
    ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("at-once-"),
  );
}

describe("a group of steps", () => {
  const customer = customerWithSteps(portfolios);

  test("has its number in a ConfigMap of the lane that nobody changes; a lane without groups has none", () => {
    expect(placesOf(portfolios)).toMatchObject([
      {
        metadata: { name: "at-once-portfolios-8", namespace: "customer-testbank" },
        immutable: true,
        data: { places: "8" },
      },
    ]);
    expect(manifestsOf(testCustomer()).lane.map(({ metadata }) => metadata.name)).not.toContain("at-once");
    expect(placesOf((night) => void night.spark("alone", smallSpark()))).toEqual([]);
  });

  test("takes a place with the work, and not with the attempt in which a person may decide", () => {
    const places = { semaphores: [{ configMapKeyRef: { name: "at-once-portfolios-8", key: "places" } }] };
    expect(template(customer, "run-value-1").synchronization).toEqual(places);
    for (const name of ["step-value-1", "attempt-value-1", "steps", "run-beside"]) {
      expect(template(customer, name), name).not.toHaveProperty("synchronization");
    }
  });

  test("shares its templates, and none with the steps beside it", () => {
    const kinds = Object.values(tasks(template(customer, "steps"))).map((task) => task.template);
    expect(new Set(kinds.slice(0, 12)).size).toBe(1);
    expect(kinds[12]).not.toBe(kinds[0]);
  });

  test("counts with as many steps as run at once, in the lane's quota and the customer's capacity", () => {
    expect(runnersAtOnce(customer.workflow.steps)).toBe(9);
    expect(runnersAtOnce(customer.workflow.steps, 4)).toBe(4);
  });
});
