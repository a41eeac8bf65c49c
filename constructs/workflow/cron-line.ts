import type { NightSchedule } from "../definition/schedule.ts";
import { minutesOf } from "../definition/time-of-day.ts";

/**
 * The cron line of a schedule: every day. Which days have a night is for the calendar to say, when it starts: a day that
 * it ends as closed is one that was looked at, and no change of the calendar makes a missed night of it later.
 */
export function cronLine(schedule: NightSchedule): string {
  const minutes = minutesOf(schedule.start) ?? 0;
  return `${minutes % 60} ${Math.floor(minutes / 60)} * * *`;
}
