import { describe, expect, test } from "vitest";
import { ExitCode, OpsError } from "../../../ops/exit-code.ts";
import { patiently } from "../../../ops/patience.ts";
import { duration } from "../../../ops/text/duration.ts";
import { table } from "../../../ops/text/table.ts";
import { cut, oneLine, widthOf, wrapped } from "../../../ops/text/width.ts";
import { Times } from "../../../runs/times.ts";

describe("text on a terminal", () => {
  test("is cut by the columns that it takes, not by its letters", () => {
    expect(cut("東京の夜", 5)).toBe("東京…");
    expect(widthOf(cut("東京の夜", 6))).toBeLessThanOrEqual(6);
    expect(cut("👩‍👩‍👧 family", 4)).toBe("👩‍👩‍👧…");
    expect(cut("short", 5)).toBe("short");
  });

  test("does nothing to the terminal", () => {
    expect(oneLine("a\n\tb\u001b[2Jc\u202e")).toBe("a b\ufffd[2Jc\ufffd");
  });

  test("is wrapped between words, and inside one that is longer than a line", () => {
    expect(wrapped("one two three", "  ", 12)).toEqual(["  one two", "  three"]);
    expect(wrapped("a".repeat(25), "", 10)).toEqual(["a".repeat(10), "a".repeat(10), "a".repeat(5)]);
  });

  test("stands in columns by its width", () => {
    expect(
      table([
        ["A", "B"],
        ["東京", "x"],
        ["y", "z"],
      ]).split("\n"),
    ).toEqual(["A     B", "東京  x", "y     z"]);
  });

  test.each([
    [42, "42s"],
    [17 * 60, "17m"],
    [2 * 3600 + 50 * 60, "2h50"],
    [3 * 86400, "3d"],
  ])("says %i seconds as %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe("times for people", () => {
  const instant = Date.parse("2026-11-26T21:30:00Z");

  test.each([
    ["Europe/Berlin", "22:30 CET"],
    ["Europe/London", "21:30 GMT"],
    ["America/New_York", "16:30 EST"],
    ["Asia/Kolkata", "03:00 IST"],
    ["Asia/Tokyo", "06:30 UTC+9"],
    ["Mars/Base", "21:30 UTC"],
  ])("are by the clocks of %s, named", (zone, text) => {
    expect(new Times().clock(instant, zone)).toBe(text);
  });

  test("name summer time", () => {
    expect(new Times().clock(Date.parse("2026-07-01T20:30:00Z"), "Europe/Berlin")).toBe("22:30 CEST");
  });

  test("are all in UTC where that is asked for", () => {
    expect(new Times(true).day(instant, "Europe/Berlin")).toBe("2026-11-26 21:30 UTC");
  });

  test("have their day where the clock alone could mean another one", () => {
    const times = new Times();
    expect(times.near(instant, "Europe/Berlin", instant + 5 * 3600_000)).toBe("22:30 CET");
    expect(times.near(instant, "Europe/Berlin", instant + 30 * 3600_000)).toBe("11-26 22:30 CET");
  });
});

describe("a long wait", () => {
  const unreachable = (): never => {
    throw new OpsError(ExitCode.unreachable, "read night: the API server cannot be reached (ECONNRESET)");
  };
  const quick = { lookAgainMilliseconds: 1 };

  test("goes on through an outage, and says when it begins and when it is over", async () => {
    let looks = 0;
    const notes: string[] = [];
    const look = async () => (++looks < 4 ? unreachable() : "seen");
    expect(await patiently(look, (text) => notes.push(text), quick)).toBe("seen");
    expect(notes).toEqual([expect.stringContaining("ECONNRESET"), expect.stringContaining("answers again")]);
  });

  test("ends when the outage has lasted too long, and at once for any other reason", async () => {
    const options = { ...quick, longestOutageMilliseconds: 20 };
    await expect(
      patiently(
        async () => unreachable(),
        () => {},
        options,
      ),
    ).rejects.toThrow("cannot be reached");
    const refused = new OpsError(ExitCode.refused, "refused");
    await expect(
      patiently(
        () => Promise.reject(refused),
        () => {},
        quick,
      ),
    ).rejects.toBe(refused);
  });
});
