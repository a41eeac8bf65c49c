import { addDays, type Day } from "../../runs/local-time.ts";
import { daysOf } from "../calendars/customer-calendar.ts";
import { KNOWN_DAYS } from "../calendars/named-calendars.ts";
import type { NightSchedule } from "../definition/schedule.ts";

/** Enough time to install a release with longer calendars. */
const NOTICE_DAYS = 366;

/**
 * What is valid but will need attention: lists of days that have run out, and calendars that will. They depend on
 * today, so deployments report them and checks do not: the same file must always produce the same objects.
 * @param today In the customer's time zone.
 */
export function calendarNotices(schedule: NightSchedule, today: Day): readonly string[] {
  const lists = (["extraHolidays", "workedDays", "halfDays", "noNight"] as const).flatMap((list) => {
    const last = daysOf(schedule[list]).toSorted().at(-1);
    return last === undefined || last >= today
      ? []
      : [`workflow.schedule.${list}: its last day, ${last}, is past; add future days, or remove the list`];
  });
  const ends =
    addDays(today, NOTICE_DAYS) > KNOWN_DAYS.to
      ? [
          `workflow.schedule.calendar: no calendar covers days after ${KNOWN_DAYS.to}; deploy with a newer release by then`,
        ]
      : [];
  return [...lists, ...ends];
}
