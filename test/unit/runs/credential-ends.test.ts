import { describe, expect, test } from "vitest";
import { credentialEnds, listedEnds } from "../../../runs/credential-ends.ts";
import { node } from "../ops/support/night-workflow.ts";

function ends(value: string) {
  const outputs = { parameters: [{ name: "credential-ends", value }] };
  return credentialEnds([node("calendar", "calendar", "Pod", "Succeeded", { outputs })]);
}

describe("the ends that a night's calendar has written", () => {
  test("are read by part, and listed with the first one first", () => {
    const found = ends("token=2035-01-01T00:00:00Z authority=2027-03-31T12:00:00Z");
    expect(found).toEqual({ token: "2035-01-01T00:00:00Z", authority: "2027-03-31T12:00:00Z" });
    expect(listedEnds(found ?? {}).map(([part]) => part)).toEqual(["authority", "token"]);
  });

  test("are not known before it has", () => {
    expect(credentialEnds([node("calendar", "calendar", "Pod", "Running")])).toBeUndefined();
  });

  test.each([
    ["nothing", ""],
    ["a part that is none", "password=2027-03-31T12:00:00Z"],
    ["a word that every object knows", "constructor=2027-03-31T12:00:00Z"],
    ["a day that is none", "token=2027-02-31T99:00:00Z"],
    ["more than a time", "token=2027-03-31T12:00:00Z;x"],
  ])("are none of %s", (_, value) => {
    expect(ends(value)).toEqual({});
  });
});
