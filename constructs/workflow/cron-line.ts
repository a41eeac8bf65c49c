import type { NightSchedule } from "../definition/schedule.ts";
import { minutesOf } from "../definition/time-of-day.ts";

/**
 * The cron line of a schedule: every day. The calendar decides at the start whether a day has a night: a day that it
 * closes has been checked, and no later change of the calendar turns it into a missed night.
 */
export function cronLine(schedule: NightSchedule): string {
  const minutes = minutesOf(schedule.start) ?? 0;
  return `${minutes % 60} ${Math.floor(minutes / 60)} * * *`;
}
