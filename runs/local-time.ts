/** A calendar day, `YYYY-MM-DD`. */
export type Day = string;

const DAY_MILLISECONDS = 24 * 3600_000;

/** Whether a text is a day of the calendar from 1970 to 2999: not `2026-02-30`, and not the typo `0206-02-03`. */
export function isDay(text: string): boolean {
  return /^(19[7-9]|2\d\d)\d-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text;
}

/** Whether a text is a local time of day, `HH:MM`. */
export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/** Whether a time zone of this name is known. */
export function isTimezone(name: string): boolean {
  try {
    formatter(name);
    return true;
  } catch {
    return false;
  }
}

/** The day a number of days later. */
export function addDays(day: Day, days: number): Day {
  const milliseconds = Date.parse(`${day}T00:00:00Z`) + days * DAY_MILLISECONDS;
  return Number.isNaN(milliseconds) ? "" : new Date(milliseconds).toISOString().slice(0, 10);
}

/** A formatter for each time zone: making one takes long and much memory, and customers have few zones between them. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timezone: string): Intl.DateTimeFormat {
  let format = formatters.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formatters.set(timezone, format);
  }
  return format;
}

/** Day and time of day that clocks in a time zone show at an instant (milliseconds). */
export function localTime(instant: number, timezone: string): { readonly day: Day; readonly time: string } {
  const text = new Date(instant + offset(instant, timezone)).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 19) };
}

/**
 * The instant (milliseconds) at which clocks in a time zone show a day and a time `HH:MM`. A time that is skipped in
 * spring is shifted by as much as the clocks jump; of a time that occurs twice in autumn, the first is taken.
 */
export function instantOf(day: Day, time: string, timezone: string): number {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  // Noon before and noon after see both offsets that can apply around a change of the clocks.
  const offsets = [wanted - DAY_MILLISECONDS / 2, wanted + DAY_MILLISECONDS / 2].map((at) => offset(at, timezone));
  const candidates = offsets.map((ahead) => wanted - ahead);
  const exact = candidates.filter((instant) => shows(instant, day, time, timezone));
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

function shows(instant: number, day: Day, time: string, timezone: string): boolean {
  const local = localTime(instant, timezone);
  return local.day === day && local.time === `${time}:00`;
}

/** Span in which the clocks of a zone change at most once. */
const SPAN = 6 * 3600_000;

/** Spans of one zone that are cached: some years. */
const MOST_SPANS = 5000;

/** Offset by zone and span; `changes` where it changes within the span. */
const spans = new Map<string, Map<number, number | "changes">>();

/** Milliseconds by which local clocks are ahead of UTC. Asking the formatter takes long, and a fleet has few zones. */
function offset(instant: number, timezone: string): number {
  const known = spans.get(timezone) ?? new Map<number, number | "changes">();
  const span = Math.floor(instant / SPAN);
  let found = known.get(span);
  if (found === undefined) {
    found = offsetThroughout(span, timezone);
    if (known.size >= MOST_SPANS) {
      known.clear();
    }
    spans.set(timezone, known.set(span, found));
  }
  return found === "changes" ? askedOffset(instant, timezone) : found;
}

function offsetThroughout(span: number, timezone: string): number | "changes" {
  const first = askedOffset(span * SPAN, timezone);
  return first === askedOffset((span + 1) * SPAN - 1000, timezone) ? first : "changes";
}

function askedOffset(instant: number, timezone: string): number {
  const parts = new Map(
    formatter(timezone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  const local = Date.parse(`${day}T${part("hour")}:${part("minute")}:${part("second")}Z`);
  return local - Math.floor(instant / 1000) * 1000;
}
