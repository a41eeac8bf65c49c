import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { customerCalendar } from "../../../../constructs/calendars/customer-calendar.ts";
import file from "../../../../constructs/calendars/named-calendars.json" with { type: "json" };
import { CALENDAR_NAMES, KNOWN_DAYS, namedCalendar } from "../../../../constructs/calendars/named-calendars.ts";
import { type NightlyOptions, nightly } from "../../../../constructs/definition/schedule.ts";
import * as library from "../../../../constructs/index.ts";
import { CALENDAR } from "../../../../runs/annotations.ts";
import { isBusinessDay, isHalfDay, readCalendar, reasonOf } from "../../../../runs/business-calendar.ts";
import { addDays, isDay } from "../../../../runs/local-time.ts";
import { testCustomer } from "../../../support/customer.ts";
import { find, manifestsOf } from "../../../support/manifests.ts";

function calendarOf(options: Omit<NightlyOptions, "timezone">) {
  return customerCalendar(nightly("22:00", { timezone: "Europe/Berlin", ...options }));
}

describe("the generated file", () => {
  const folder = new URL("../../../../constructs/calendars/", import.meta.url);

  test("is of the version that the lock pins", () => {
    const lock = readFileSync(new URL("requirements.lock", folder), "utf8");
    const [, version = "none"] = /^holidays==(\S+)/m.exec(lock) ?? [];
    expect(file.$comment).toContain(`holidays ${version} (MIT)`);
  });

  test("knows whole months, and days within them only", () => {
    expect(KNOWN_DAYS.from).toMatch(/-01$/);
    expect(addDays(KNOWN_DAYS.to, 1)).toMatch(/-01$/);
    const days = Object.values(file.calendars).flatMap(({ closed, halfDays }) =>
      Object.keys({ ...closed, ...halfDays }),
    );
    expect(days.filter((day) => !isDay(day) || day < KNOWN_DAYS.from || day > KNOWN_DAYS.to)).toEqual([]);
  });

  test.each(CALENDAR_NAMES)("has holidays of %s in each year, unless only weekends are off", (name) => {
    const closed = Object.keys(namedCalendar(name)?.closed ?? {});
    const years = new Set(closed.map((day) => day.slice(0, 4)));
    expect(years.size).toBe(name === "WEEKENDS" ? 0 : 18);
  });
});

describe("named calendars", () => {
  test.each(CALENDAR_NAMES)("a customer file may import %s", (name) => {
    expect(Reflect.get(library, name)).toBe(name);
  });

  test("none goes by the name of what every object has", () => {
    expect(namedCalendar("constructor")).toBeUndefined();
  });

  test("TARGET closes as the European Central Bank publishes it for 2026", () => {
    const closed = Object.keys(namedCalendar("TARGET")?.closed ?? {}).filter((day) => day.startsWith("2026"));
    expect(closed).toEqual(["2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25", "2026-12-26"]);
  });

  // As each exchange publishes them.
  test.each([
    [library.NEW_YORK, "2025-01-09", "National Day of Mourning for former President Jimmy Carter"],
    [library.NEW_YORK, "2026-07-03", "Independence Day (observed)"],
    [library.LONDON, "2023-05-08", "Coronation of Charles III"],
    [library.FRANKFURT, "2026-12-24", "Christmas Eve"],
    [library.ZURICH, "2026-05-14", "Ascension Day"],
    [library.TOKYO, "2026-09-22", "National Holiday"],
    [library.HONG_KONG, "2026-02-17", "Chinese New Year"],
    [library.SYDNEY, "2026-04-06", "Easter Monday"],
    [library.RIYADH, "2026-09-23", "National Day Holiday"],
    [library.DUBAI, "2026-12-02", "National Day"],
    [library.TEL_AVIV, "2026-09-21", "Yom Kippur"],
  ])("%s is closed on %s: %s", (calendar, day, occasion) => {
    expect(reasonOf(calendarOf({ calendar }), day)).toBe(occasion);
    expect(isBusinessDay(calendarOf({ calendar }), day)).toBe(false);
  });

  test.each([
    [library.TARGET, "2026-11-27", "2026-11-28", "2026-11-29"],
    [library.RIYADH, "2026-11-26", "2026-11-27", "2026-11-28"],
    [library.TEL_AVIV, "2026-11-26", "2026-11-27", "2026-11-28"],
    [library.DUBAI, "2026-11-27", "2026-11-28", "2026-11-29"],
  ])("%s works on %s, and not on %s and %s", (calendar, open, ...closed) => {
    expect([open, ...closed].map((day) => isBusinessDay(calendarOf({ calendar }), day))).toEqual([true, false, false]);
  });

  test("New York has half days, which are business days", () => {
    const calendar = calendarOf({ calendar: library.NEW_YORK });
    expect([isBusinessDay(calendar, "2026-11-27"), isHalfDay(calendar, "2026-11-27")]).toEqual([true, true]);
    expect(reasonOf(calendar, "2026-11-27")).toMatch(/^Day after Thanksgiving/);
  });
});

describe("a customer's calendar", () => {
  test("has the customer's own days, listed with or without reasons", () => {
    const calendar = calendarOf({
      calendar: library.WEEKENDS,
      extraHolidays: ["2026-12-31", "2026-12-24"],
      workedDays: { "2026-12-05": "Make-up Saturday" },
      halfDays: ["2026-12-30"],
      noNight: { "2026-12-28": "The cluster moves" },
    });
    expect(calendar).toEqual({
      name: "WEEKENDS",
      from: "2023-01-01",
      to: "2040-12-31",
      weekend: [6, 7],
      closed: { "2026-12-24": "holiday", "2026-12-31": "holiday" },
      worked: { "2026-12-05": "Make-up Saturday" },
      halfDays: { "2026-12-30": "half day" },
      noNight: { "2026-12-28": "The cluster moves" },
    });
    expect(Object.keys(calendar.closed)).toEqual(["2026-12-24", "2026-12-31"]);
  });

  test("of another weekend still has the holidays that fall on the usual one", () => {
    const calendar = calendarOf({ weekend: ["friday", "saturday"] });
    expect(calendar.weekend).toEqual([5, 6]);
    // A Sunday.
    expect(reasonOf(calendar, "2033-12-25")).toBe("Christmas Day");
    expect(isBusinessDay(calendar, "2033-12-25")).toBe(false);
  });

  test("is TARGET's unless another is named", () => {
    expect(calendarOf({})).toEqual(calendarOf({ calendar: library.TARGET }));
  });

  test("stands on the CronWorkflow, for everything that expects a night", () => {
    const schedule = nightly("22:00", {
      timezone: "Asia/Riyadh",
      calendar: library.RIYADH,
      workedDays: ["2026-11-27"],
    });
    const { lane } = manifestsOf(testCustomer({ workflow: { schedule } }));
    const text = find(lane, "CronWorkflow", "night").metadata.annotations?.[CALENDAR] ?? "";
    expect(readCalendar(text)).toEqual(customerCalendar(schedule));
  });
});
