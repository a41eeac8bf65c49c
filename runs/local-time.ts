/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

const MINUTE = 60_000;
const DAY_MILLISECONDS = 24 * 60 * MINUTE;

/** Whether a text is a day of the calendar: `2026-02-30` is none. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text;
}

/** The day a number of days later. */
export function addDays(day: Day, days: number): Day {
  const milliseconds = Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS;
  return Number.isNaN(milliseconds) ? "" : new Date(milliseconds).toISOString().slice(0, 10);
}

/** Day and time of day that clocks in a time zone show at an instant (milliseconds). */
export function localTime(instant: number, timezone: string): { readonly day: Day; readonly time: string } {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return {
    day: `${part("year")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}:${part("second")}`,
  };
}

/**
 * The instant (milliseconds) at which clocks in a time zone show a day and a time `HH:MM`. A time that the clocks jump
 * over in spring is taken as much later as they jump; of a time that comes twice in autumn, the first.
 */
export function instantOf(day: Day, time: string, timezone: string): number {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  // Noon before and noon after see both offsets that can apply around a change of the clocks.
  const offsets = [wanted - DAY_MILLISECONDS / 2, wanted + DAY_MILLISECONDS / 2].map((at) => offset(at, timezone));
  const candidates = offsets.map((minutes) => wanted - minutes * MINUTE);
  const exact = candidates.filter((instant) => shows(instant, day, time, timezone));
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

function shows(instant: number, day: Day, time: string, timezone: string): boolean {
  const local = localTime(instant, timezone);
  return local.day === day && local.time === `${time}:00`;
}

/** Minutes by which local clocks are ahead of UTC. */
function offset(instant: number, timezone: string): number {
  const { day, time } = localTime(instant, timezone);
  const whole = Math.floor(instant / 1000) * 1000;
  return Math.round((Date.parse(`${day}T${time}Z`) - whole) / MINUTE);
}
