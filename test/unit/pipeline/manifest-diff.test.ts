import { describe, expect, test } from "vitest";
import type { CustomerDefinition } from "../../../constructs/definition/customer-definition.ts";
import { estateOf } from "../../../isolation/model/collect.ts";
import { diffManifests } from "../../../pipeline/manifest-diff.ts";
import { alpenkredit, Draft, nordbank, soundEstate } from "../isolation/draft.ts";

const CANARY = "glpat-canary0123456789";

describe("diffManifests", () => {
  test("finds nothing between equal sides", () => {
    expect(diffManifests(soundEstate, new Draft().estate)).toEqual([]);
  });

  test("a new customer is created, and no other is mentioned", () => {
    const [only, ...others] = diffManifests(estateOf([nordbank]), estateOf([nordbank, alpenkredit]));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ owner: "alpenkredit", presence: "new", update: 0, delete: 0 });
    expect(only?.create).toBeGreaterThan(10);
    expect(only?.text).toContain("+kind: Namespace");
  });

  test("a customer that goes is deleted", () => {
    const [only] = diffManifests(estateOf([nordbank, alpenkredit]), estateOf([nordbank]));
    expect(only).toMatchObject({ owner: "alpenkredit", presence: "removed", create: 0, update: 0 });
  });

  test("a changed object is counted once and shown as lines", () => {
    const wider: CustomerDefinition = { ...nordbank, lane: { ...nordbank.lane, runners: nordbank.lane.runners + 1 } };
    const [only] = diffManifests(estateOf([nordbank]), estateOf([wider]));
    expect(only).toMatchObject({ owner: "nordbank", presence: "changed" });
    expect(only?.update).toBeGreaterThan(0);
    expect(only?.text).toMatch(/^--- before\/nordbank\/ResourceQuota_customer-nordbank_lane\.yaml$/m);
  });

  test("a secret that came into a manifest is masked", () => {
    const head = new Draft();
    head.platform.push({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "careless", namespace: "argo" },
      data: { note: CANARY },
    });
    const [only] = diffManifests(soundEstate, head.estate);
    expect(only).toMatchObject({ owner: "platform", create: 1, update: 0, delete: 0 });
    expect(only?.text).toContain("note");
    expect(only?.text).not.toContain(CANARY);
  });
});
