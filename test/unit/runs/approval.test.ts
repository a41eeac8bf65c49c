import { describe, expect, test } from "vitest";
import type { RecordedAct } from "../../../runs/act.ts";
import {
  APPROVALS,
  approvalsAnnotation,
  approvalsOf,
  approvalText,
  approvedBy,
  type GateApproval,
  requireApprover,
  startersOf,
} from "../../../runs/approval.ts";

const release = (by: string, approves?: number): RecordedAct => ({
  id: by,
  by,
  verb: "release",
  step: "sign-off",
  reason: "ok",
  at: "2026-03-31T20:30:00Z",
  ...(approves === undefined ? {} : { approves }),
});

describe("what a gate asks for", () => {
  test("is read from the template that it was written to", () => {
    const gates = new Map([["sign-off", { group: "risk-control", people: 2 }]]);
    const annotations = approvalsAnnotation(gates);
    expect(approvalsOf({ workflowMetadata: { annotations } })).toEqual(gates);
  });

  test("is nothing where no gate asks", () => {
    expect(approvalsAnnotation(new Map())).toEqual({});
    expect(approvalsOf(undefined).size).toBe(0);
  });

  test.each(['{"sign-off":{}}', '{"sign-off":{"people":0}}', '{"sign-off":null}', '{"sign-off":{"people":"2"}}'])(
    "is more people than there are where it cannot be read: %s",
    (text) => {
      const asked = approvalsOf({ workflowMetadata: { annotations: { [APPROVALS]: text } } }).get("sign-off");
      expect(asked?.people).toBeGreaterThan(1000);
    },
  );
});

describe("who has approved", () => {
  test("counts each person once, and the attempt that is asked now", () => {
    const acts = [release("anna", 1), release("berta", 2), release("berta", 2), release("carl", 2), release("dora")];
    expect(approvedBy(acts, 2)).toEqual(["berta", "carl"]);
  });

  test("started a night by hand, or only did something to a step", () => {
    const acts: RecordedAct[] = [
      { id: "1", by: "anna", verb: "restate", run: 1, reason: "r", at: "" },
      { id: "2", by: "berta", verb: "note", reason: "r", at: "" },
      { id: "3", by: "carl", verb: "retry", step: "var", reason: "r", at: "" },
    ];
    expect(startersOf(acts)).toEqual(["anna"]);
  });

  test("started a night by hand, whatever step their act says it is about", () => {
    const act: RecordedAct = { id: "1", by: "anna", verb: "restate", step: "x", reason: "r", at: "" };
    expect(startersOf([act])).toEqual(["anna"]);
  });
});

describe("a person who releases a gate", () => {
  const place = (approval: GateApproval, startedBy: readonly string[] = []) => ({
    customer: "nordbank",
    step: "sign-off",
    approval,
    startedBy,
  });

  test.each([
    ["of another group", { group: "risk-control", people: 1, by: [] }, [], "members of risk-control"],
    ["twice", { people: 2, by: ["anna"] }, [], "approved by anna already"],
    ["who started the night", { people: 2, by: [] }, ["anna"], "started this night by hand"],
  ])("%s is refused", (_, approval, startedBy, why) => {
    expect(() => requireApprover(place(approval, startedBy), { by: "anna" })).toThrow(why);
  });

  test.each([
    ["of the group", { group: "risk-control", people: 2, by: ["berta"] }, [], "risk-control"],
    ["where one is enough, though they started it", { people: 1, by: [] }, ["anna"], undefined],
  ])("%s may", (_, approval, startedBy, group) => {
    const person = { by: "anna", ...(group === undefined ? {} : { group }) };
    expect(() => requireApprover(place(approval, startedBy), person)).not.toThrow();
  });

  test("reads how it stands", () => {
    expect(approvalText({ group: "risk-control", people: 2, by: ["anna"] })).toBe(
      "1 of 2 of risk-control; approved by anna",
    );
    expect(approvalText({ people: 2, by: [] })).toBe("0 of 2 people");
  });
});
