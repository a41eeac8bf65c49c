import { expect, test } from "vitest";
import { addDays, instantOf, isDay, localTime } from "../../../runs/local-time.ts";

const BERLIN = "Europe/Berlin";
const utc = (instant: number): string => new Date(instant).toISOString();

test.each([
  ["2026-02-28", true],
  ["2028-02-29", true],
  ["2026-02-29", false],
  ["2026-2-1", false],
  ["today", false],
  ["1969-12-31", false],
  ["1970-01-01", true],
  ["2999-12-31", true],
  ["3000-01-01", false],
  ["0000-01-01", false],
  ["9999-12-31", false],
  ["0206-11-27", false],
])("%s is a day: %s", (text, is) => {
  expect(isDay(text)).toBe(is);
});

test("days go over the ends of months and years", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
});

test.each([
  ["in winter", "2026-01-15", "22:30", "2026-01-15T21:30:00.000Z"],
  ["in summer", "2026-07-15", "22:30", "2026-07-15T20:30:00.000Z"],
  ["on the morning the clocks go forward", "2026-03-29", "06:00", "2026-03-29T04:00:00.000Z"],
  ["at a time that the clocks jump over", "2026-03-29", "02:30", "2026-03-29T01:30:00.000Z"],
  ["at a time that comes twice", "2026-10-25", "02:30", "2026-10-25T00:30:00.000Z"],
  ["on the evening after the clocks went back", "2026-10-25", "22:30", "2026-10-25T21:30:00.000Z"],
])("local clocks %s", (_, day, time, expected) => {
  expect(utc(instantOf(day, time, BERLIN))).toBe(expected);
});

test("what clocks show at an instant", () => {
  expect(localTime(Date.parse("2026-03-28T23:30:00Z"), BERLIN)).toEqual({ day: "2026-03-29", time: "00:30:00" });
  expect(localTime(Date.parse("2026-03-29T01:00:00Z"), BERLIN)).toEqual({ day: "2026-03-29", time: "03:00:00" });
});

test.each(["Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"])(
  "clocks of %s are the platform's, around each change and between",
  (timezone) => {
    const clocks = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "medium" });
    for (let instant = Date.parse("2011-01-01"); instant < Date.parse("2012-01-01"); instant += 899_000) {
      const { day, time } = localTime(instant, timezone);
      expect(`${day} ${time}`).toBe(clocks.format(instant));
    }
  },
);
