import { describe, expect, test } from "vitest";
import { planVolumes, type VolumeStatus } from "../../farm/volumes.ts";

const claim = { namespace: "customer-nordbank", name: "results" };

function volume(index: number, phase: string, of = "customer-nordbank/results"): VolumeStatus {
  return {
    metadata: { name: `results-customer-nordbank-${index}`, annotations: { "nightlane-farm/claim": of } },
    status: { phase },
  };
}

function created(existing: readonly VolumeStatus[]): readonly string[] {
  return planVolumes(claim, existing).create.map(({ name }) => name.replace("results-customer-nordbank-", ""));
}

describe("planVolumes", () => {
  test("keeps three volumes ready for a claim", () => {
    expect(created([])).toEqual(["1", "2", "3"]);
  });

  test("does nothing while three are free beside the bound one", () => {
    const existing = [volume(1, "Bound"), volume(2, "Available"), volume(3, "Available"), volume(4, "Available")];
    expect(planVolumes(claim, existing)).toEqual({ remove: [], create: [] });
  });

  test("replaces a volume whose claim is gone under another name, so that the old one may still be on its way out", () => {
    const existing = [volume(1, "Released"), volume(2, "Bound"), volume(3, "Available"), volume(4, "Available")];
    expect(planVolumes(claim, existing).remove).toEqual(["results-customer-nordbank-1"]);
    expect(created(existing)).toEqual(["5"]);
  });

  test("leaves the volumes of other claims alone", () => {
    const existing = [volume(1, "Released", "customer-other/results")];
    expect(planVolumes(claim, existing).remove).toEqual([]);
  });
});
