import { addDays, type Day } from "../../runs/local-time.ts";
import { daysOf } from "../calendars/customer-calendar.ts";
import { KNOWN_DAYS } from "../calendars/named-calendars.ts";
import type { NightSchedule } from "../definition/schedule.ts";

/** Time enough to take a release with longer calendars. */
const NOTICE_DAYS = 366;

/**
 * What is right and will need attention: lists of days that have run out, and calendars that will. They depend on the
 * day on which one looks, so that they are for deployments, which happen at a time; the same file must always give the
 * same objects.
 * @param today In the customer's time zone.
 */
export function calendarNotices(schedule: NightSchedule, today: Day): readonly string[] {
  const lists = (["extraHolidays", "workedDays", "halfDays", "noNight"] as const).flatMap((list) => {
    const last = daysOf(schedule[list]).toSorted().at(-1);
    return last === undefined || last >= today
      ? []
      : [`workflow.schedule.${list}: its last day, ${last}, is past; add the days to come, or remove the list`];
  });
  const ends =
    addDays(today, NOTICE_DAYS) > KNOWN_DAYS.to
      ? [
          `workflow.schedule.calendar: no calendar knows days after ${KNOWN_DAYS.to}; deploy with a newer release by then`,
        ]
      : [];
  return [...lists, ...ends];
}
