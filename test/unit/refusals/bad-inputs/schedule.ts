import { type BadInput, each } from "./bad-input.ts";

/** When nights start. */
export const schedule: readonly BadInput[] = [
  ...each("schedule", "workflow.schedule", [
    "",
    '"22:00"',
    "42",
    "null",
    'nightly("25:00", { timezone: "Europe/Berlin" })',
    'nightly("9:5", { timezone: "UTC" })',
  ]),
  ...each("schedule", "workflow.schedule.start", [
    'nightly(undefined, { timezone: "UTC" })',
    'nightly(22, { timezone: "UTC" })',
  ]),
  ...each("schedule", "workflow.schedule.timezone", [
    'nightly("22:00")',
    'nightly("22:00", "Europe/Berlin")',
    'nightly("22:00", {})',
    'nightly("22:00", { timezone: "CET" })',
    'nightly("22:00", { timezone: "Mars/Base" })',
    'nightly("22:00", { timezone: 1 })',
  ]),
  ...[
    ["calendar", 'calendar: "NYSE"'],
    ["calendar", "calendar: 3"],
    ["weekend", 'weekend: "sunday"'],
    ["weekend[0]", 'weekend: ["caturday"]'],
    ["extraHolidays", 'extraHolidays: "2026-12-24"'],
    ["extraHolidays[0]", 'extraHolidays: ["2026-02-30"]'],
    ["extraHolidays[0]", "extraHolidays: [20261224]"],
    ['extraHolidays["2026-12-24"]', 'extraHolidays: { "2026-12-24": 5 }'],
    ["halfDays", "halfDays: 7"],
    ["workedDays", "workedDays: true"],
    ["noNight", 'noNight: ["2026-12-23"]'],
    ["extraHoliday", 'extraHoliday: ["2026-12-24"]'],
    ["extra_holidays", 'extra_holidays: ["2026-12-24"]'],
  ].map(([property, option]) => ({
    places: { schedule: `nightly("22:00", { timezone: "Europe/Berlin", ${option} })` },
    property: `workflow.schedule.${property}`,
  })),
];
