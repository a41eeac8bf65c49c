import { describe, expect, test } from "vitest";
import { actAnnotation, actsOf, type RecordedAct } from "../../../runs/act.ts";

const act: RecordedAct = {
  id: "20260331220501123-0a1b2c",
  by: "anna@vendor.example",
  verb: "retry",
  step: "var-es",
  reason: 'quota "raised"',
  at: "2026-03-31T22:05:01.123Z",
};

describe("an act", () => {
  test("is one annotation, under its own name", () => {
    const [[key, value] = ["", ""]] = Object.entries(actAnnotation(act));
    expect(key).toBe("nightlane/act-20260331220501123-0a1b2c");
    expect(JSON.parse(value)).toMatchObject({ by: "anna@vendor.example", verb: "retry", step: "var-es" });
  });

  test("is read back as it was written, oldest first", () => {
    const later = { ...act, id: "20260331230000000-0a1b2d", verb: "skip", at: "2026-03-31T23:00:00.000Z" } as const;
    const { acts, unreadable } = actsOf({ ...actAnnotation(later), ...actAnnotation(act), "nightlane/order": "stop" });
    expect(acts).toMatchObject([act, later]);
    expect(unreadable).toEqual([]);
  });

  test.each([
    ["a second author behind the first", '{"by":"anna","verb":"retry","reason":"r","at":"t","by":"bert"}'],
    ["a verb that is none", '{"by":"anna","verb":"delete","reason":"r","at":"t"}'],
    ["no reason", '{"by":"anna","verb":"retry","at":"t"}'],
    ["text that is not JSON", "retry"],
    ["more than an act has", '{"by":"anna","verb":"retry","reason":"r","at":"t","more":1}'],
  ])("is not taken from %s", (_, value) => {
    expect(actsOf({ "nightlane/act-1": value })).toEqual({ acts: [], unreadable: ["1"] });
  });
});
