import { describe, expect, test } from "vitest";
import { CALLS } from "../../../constructs/platform/alerts/calls.ts";
import { faults } from "../../chaos/faults/registry.ts";
import { type PlanProps, plan, type Round } from "../../soak/plan.ts";
import { LEFT_OUT, soakFaults } from "../../soak/soak-faults.ts";

const CUSTOMERS = ["alpenkredit", "chaosbank", "nordbank"];
const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);

const planned = (props: Partial<PlanProps> = {}): readonly Round[] =>
  plan({ customers: CUSTOMERS, faults: soakFaults, minutes: 60, seed: 7, ...props });
const faultsOf = (round: Round) => round.nights.flatMap(({ fault }) => fault ?? []);

describe("the plan of a soak", () => {
  test("is the same for the same seed and minutes, and another for another", () => {
    expect(planned()).toEqual(planned());
    expect(planned({ seed: 8 })).not.toEqual(planned());
  });

  test("has a night of every customer in each round, a minute apart, and the first is fault-free", () => {
    for (const seed of SEEDS) {
      const rounds = planned({ seed });
      for (const { nights } of rounds) {
        expect(nights.map(({ customer }) => customer).toSorted()).toEqual(CUSTOMERS);
        expect(nights.map(({ minute }) => minute)).toEqual([0, 1, 2]);
      }
      expect(rounds[0]?.nights[0]?.fault).toBeUndefined();
    }
  });

  test("keeps to its minutes, except for a first round that needs more", () => {
    for (const seed of SEEDS) {
      for (const minutes of [5, 15, 60]) {
        const sum = planned({ seed, minutes }).reduce((total, round) => total + round.minutes, 0);
        expect(sum).toBeLessThanOrEqual(minutes);
      }
      expect(planned({ seed, minutes: 1 })).toHaveLength(1);
    }
  });

  test("injects faults into one cluster at a time, and into nothing else while the platform has one", () => {
    for (const seed of SEEDS) {
      for (const round of planned({ seed })) {
        const reaches = faultsOf(round).map(({ reach }) => reach);
        expect(reaches.filter((reach) => reach === "cluster").length).toBeLessThanOrEqual(1);
        if (reaches.includes("platform")) {
          expect(reaches).toEqual(["platform"]);
        }
      }
    }
  });

  test("draws every fault once before it draws one again", () => {
    for (const seed of SEEDS) {
      const names = planned({ seed, minutes: 600 })
        .flatMap(faultsOf)
        .map(({ name }) => name);
      expect(new Set(names.slice(0, soakFaults.length)).size).toBeGreaterThan(soakFaults.length - 4);
      expect(new Set(names).size).toBe(soakFaults.length);
    }
  });
});

describe("what is drawn from", () => {
  test("is the chaos suite, except for what is left out with a reason", () => {
    const known = faults.map(({ name }) => name);
    expect([...soakFaults.map(({ name }) => name), ...Object.keys(LEFT_OUT)].toSorted()).toEqual(known.toSorted());
  });

  test("calls a person for exactly the faults that only a person can decide about", () => {
    const held = faults.filter((fault) => fault.held !== undefined && !(fault.name in LEFT_OUT));
    const calling = soakFaults.filter(({ call }) => call !== undefined);
    expect(calling.map(({ name }) => name).toSorted()).toEqual(held.map(({ name }) => name).toSorted());
  });

  test("names alerts that exist", () => {
    const alerts = Object.values(CALLS).map(({ alert }) => alert);
    const named = soakFaults.flatMap(({ call, explains = [] }) => [...(call === undefined ? [] : [call]), ...explains]);
    expect(named.filter((alert) => !alerts.includes(alert))).toEqual([]);
  });
});
