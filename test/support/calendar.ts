import type { BusinessCalendar } from "../../runs/business-calendar.ts";

/** A calendar of the years 2023 to 2030 without days off except weekends, changed as a test needs it. */
export function testCalendar(changes: Partial<BusinessCalendar> = {}): BusinessCalendar {
  return {
    name: "TEST",
    from: "2023-01-01",
    to: "2030-12-31",
    weekend: [6, 7],
    closed: {},
    worked: {},
    halfDays: {},
    noNight: {},
    ...changes,
  };
}
