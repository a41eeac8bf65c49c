import { hasNight } from "../../runs/business-calendar.ts";
import { addDays, type Day } from "../../runs/local-time.ts";
import { ROLL_HOUR } from "../../runs/schedule.ts";
import { customerCalendar } from "../calendars/customer-calendar.ts";
import { KNOWN_DAYS } from "../calendars/named-calendars.ts";
import type { NightSchedule } from "../definition/schedule.ts";
import { minutesOf } from "../definition/time-of-day.ts";

/**
 * The cron line of a schedule. Which of its days have a night is for the calendar to say, when the night starts; what
 * stands here only saves the others: every day of the weekdays, or of the days and months that any last business day
 * falls on in the years that the calendars know.
 */
export function cronLine(schedule: NightSchedule): string {
  const minutes = minutesOf(schedule.start) ?? 0;
  const hour = Math.floor(minutes / 60);
  return `${minutes % 60} ${hour} ${daysOf(schedule, hour < ROLL_HOUR ? 1 : 0)}`;
}

/** @param later Days from the business date to the day on which its night starts. */
function daysOf(schedule: NightSchedule, later: number): string {
  const calendar = customerCalendar(schedule);
  const { nightDays } = calendar;
  if (nightDays === undefined) {
    return "* * *";
  }
  if (typeof nightDays !== "string") {
    // Cron counts from Sunday, which is 0.
    return `* * ${list(nightDays.map((weekday) => (weekday + later) % 7))}`;
  }
  const starts: Day[] = [];
  for (let day: Day = KNOWN_DAYS.from; day <= KNOWN_DAYS.to; day = addDays(day, 1)) {
    if (hasNight(calendar, day)) {
      starts.push(addDays(day, later));
    }
  }
  const months = list(starts.map((day) => Number(day.slice(5, 7))));
  return `${list(starts.map((day) => Number(day.slice(8, 10))))} ${months.split(",").length === 12 ? "*" : months} *`;
}

function list(numbers: readonly number[]): string {
  return [...new Set(numbers)].sort((a, b) => a - b).join(",");
}
