import { describe, expect, test } from "vitest";
import { calendarNotices } from "../../../../constructs/checks/calendar-notices.ts";
import { nightly } from "../../../../constructs/index.ts";

const schedule = nightly("22:00", {
  timezone: "Europe/Berlin",
  extraHolidays: ["2026-12-31", "2026-12-24"],
  noNight: { "2026-12-01": "the cluster moves" },
});

describe("calendarNotices", () => {
  test("says nothing while a list has days to come, today's among them", () => {
    expect(calendarNotices(schedule, "2026-12-01")).toEqual([]);
  });

  test("names each list that has run out", () => {
    expect(calendarNotices(schedule, "2026-12-02")).toEqual([
      "workflow.schedule.noNight: its last day, 2026-12-01, is past; add future days, or remove the list",
    ]);
    expect(calendarNotices(schedule, "2027-01-01")).toEqual([
      expect.stringContaining("workflow.schedule.extraHolidays: its last day, 2026-12-31, is past"),
      expect.stringContaining("workflow.schedule.noNight"),
    ]);
  });

  test("says a year ahead that the calendars end", () => {
    const bare = nightly("22:00", { timezone: "Europe/Berlin" });
    expect(calendarNotices(bare, "2039-12-31")).toEqual([]);
    expect(calendarNotices(bare, "2040-01-01")).toEqual([
      "workflow.schedule.calendar: no calendar covers days after 2040-12-31; deploy with a newer release by then",
    ]);
  });
});
