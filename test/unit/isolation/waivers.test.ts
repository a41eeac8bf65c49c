import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { viewEstate } from "../../../isolation/model/view.ts";
import { findingsOf, type Proof, prove } from "../../../isolation/prove.ts";
import { textReport } from "../../../isolation/report/text.ts";
import { RULES } from "../../../isolation/rules/registry.ts";
import { readWaivers, WAIVERS_FILE, type Waiver, WaiverBook } from "../../../isolation/waivers.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { append, Draft, set } from "./draft.ts";

const OBJECT = "RoleBinding customer-nordbank/executor";
const REASON = "Bob audits this lane until the new tool is there.";

function waiver(fields: Partial<Waiver> = {}): Waiver {
  return { rule: 1, object: OBJECT, reason: REASON, expires: "2027-01-31", ...fields };
}

/** A proof in which a person is bound in a lane. */
function proveWith(waivers: readonly Waiver[], today = "2026-11-24"): Proof {
  const draft = new Draft();
  append(draft.object("nordbank", "RoleBinding", "executor"), "subjects", { kind: "User", name: "bob" });
  return prove(viewEstate(draft.estate), new WaiverBook(waivers, today));
}

describe("a waiver", () => {
  test("takes the finding of its rule and object out of the count, and is shown", () => {
    const proof = proveWith([waiver()]);
    expect(findingsOf(proof)).toEqual([]);
    expect(textReport(proof)).toContain(`waived until 2027-01-31: ${OBJECT}`);
    expect(textReport(proof)).toContain(REASON);
  });

  test("may name many objects by their beginning", () => {
    expect(findingsOf(proveWith([waiver({ object: "RoleBinding customer-nordbank/*" })]))).toEqual([]);
  });

  test("waives nothing of another rule or object, and is reported as unused", () => {
    for (const other of [waiver({ rule: 2 }), waiver({ object: "RoleBinding customer-alpenkredit/executor" })]) {
      const proof = proveWith([other]);
      expect(findingsOf(proof).map(({ rule }) => rule)).toEqual([1]);
      expect(proof.unusedWaivers).toEqual([other]);
      expect(textReport(proof)).toContain("unused waiver");
    }
  });

  test("holds through its last day", () => {
    expect(findingsOf(proveWith([waiver()], "2027-01-31"))).toEqual([]);
  });

  test("is a finding itself the day after, and waives nothing any more", () => {
    expect(findingsOf(proveWith([waiver()], "2027-02-01")).map(({ rule, name }) => [rule, name])).toEqual([
      [1, "binding-subjects"],
      ["waivers", "expired-waiver"],
    ]);
  });

  test("is a finding when it expired even if nothing needs it", () => {
    const proof = prove(viewEstate(new Draft().estate), new WaiverBook([waiver()], "2027-02-01"));
    expect(findingsOf(proof).map(({ rule }) => rule)).toEqual(["waivers"]);
  });

  test("of a way is by the first object that opens it", () => {
    const draft = new Draft();
    for (const name of ["nordbank", "alpenkredit"]) {
      set(draft.object(name, "PersistentVolumeClaim", "results"), "spec/volumeName", "shared");
    }
    const object = "PersistentVolumeClaim customer-nordbank/results";
    const book = new WaiverBook([waiver({ rule: "matrix", object })], "2026-11-24");
    // The closed list mentions the same field, so that no way would be left to waive.
    const rules = RULES.filter(({ name }) => name !== "known-objects");
    const proof = prove(viewEstate(draft.estate), book, rules);
    expect(findingsOf(proof)).toEqual([]);
    expect(proof.waivedOthers).toHaveLength(1);
  });

  test("of a widening is none of the proof's business", () => {
    const proof = proveWith([waiver({ rule: "widening" })], "2027-02-01");
    expect(proof.unusedWaivers).toEqual([]);
    expect(findingsOf(proof).map(({ rule }) => rule)).toEqual([1]);
  });
});

describe("the file of waivers", () => {
  const file = (content: string): string => {
    const path = `${temporaryFolder()}/waivers.json`;
    writeFileSync(path, content);
    return path;
  };

  test("of the repository can be read", () => {
    expect(() => readWaivers(WAIVERS_FILE, [1])).not.toThrow();
  });

  test("is reported with all its mistakes at once", () => {
    const path = file(JSON.stringify([{ rule: 99, object: "", reason: "because", expires: "2027-02-30", note: "x" }]));
    expect(() => readWaivers(path, [1, 2])).toThrow(
      /\[0\]\.rule: received 99[\s\S]*\[0\]\.object[\s\S]*\[0\]\.reason[\s\S]*\[0\]\.expires: received "2027-02-30"[\s\S]*\[0\]\.note/,
    );
  });

  test("must be a JSON list", () => {
    expect(() => readWaivers(file("{}"), [1])).toThrow(/rule: a JSON list of waivers/);
    expect(() => readWaivers(file("["), [1])).toThrow(/fix: correct the file/);
    expect(() => readWaivers("/nowhere/waivers.json", [1])).toThrow(/fix: correct the file/);
  });
});
