import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { logEnd, printable } from "../../../runs/log-end.ts";

function packed(text: string | Buffer): string {
  return deflateSync(text).toString("base64");
}

describe("logEnd", () => {
  test("is what the runner packed", () => {
    expect(logEnd(packed("driver | Traceback\nThe Job failed."))).toEqual(["driver | Traceback", "The Job failed."]);
  });

  test("is nothing where the runner left nothing, or something else", () => {
    expect(logEnd(undefined)).toBeUndefined();
    expect(logEnd("")).toBeUndefined();
    expect(logEnd("null")).toBeUndefined();
    expect(logEnd("{{=1+1}}")).toBeUndefined();
    expect(logEnd(Buffer.from("not packed").toString("base64"))).toBeUndefined();
  });

  test("is of limited size, whatever a runner that was taken over packs", () => {
    expect(logEnd(packed(Buffer.alloc(50 * 1024 * 1024)))).toBeUndefined();
    expect(logEnd("A".repeat(1_400_000))).toBeUndefined();
    const long = logEnd(packed(Array.from({ length: 100 }, () => "x".repeat(300)).join("\n")));
    expect(long).toHaveLength(40);
    expect(long?.[0]).toHaveLength(200);
  });

  test("holds nothing that a terminal obeys", () => {
    expect(logEnd(packed("\u001B]52;c;eA==\u0007\tok\r\u202Ex"))).toEqual(["\uFFFD]52;c;eA==\uFFFD\tok\uFFFD\uFFFDx"]);
  });
});

test("printable leaves text of any language as it is", () => {
  expect(printable("Größe: 日本 — 5 €\tx")).toBe("Größe: 日本 — 5 €\tx");
});
