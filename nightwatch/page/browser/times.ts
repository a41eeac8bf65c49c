/** Times and durations for people. All instants are milliseconds. */

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Zone of all clocks on the page; undefined for the reader's own. */
let zone: string | undefined;

export function showUtc(utc: boolean): void {
  zone = utc ? "UTC" : undefined;
  formats.clear();
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions, timeZone = zone): Intl.DateTimeFormat {
  const key = `${name} ${timeZone ?? ""}`;
  // Times are written in one way, whatever the reader's language: 24 hours, ISO dates.
  const made =
    formats.get(key) ??
    new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", ...options, ...(timeZone === undefined ? {} : { timeZone }) });
  formats.set(key, made);
  return made;
}

/** As `04:35`. */
export function clock(at: number, timeZone?: string): string {
  return format("clock", { hour: "2-digit", minute: "2-digit" }, timeZone).format(at);
}

/** As `04:35:10`. */
export function clockSeconds(at: number): string {
  return format("seconds", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at);
}

/** As `2026-03-31`. */
export function day(at: number): string {
  const parts = format("day", { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year")}-${of("month")}-${of("day")}`;
}

/** As `2026-03-31 04:35`. */
export function dayAndClock(at: number): string {
  return `${day(at)} ${clock(at)}`;
}

/** Name of the zone of all clocks. */
export function zoneName(): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** As `1 h 20 min`, `4 min` or `35 s`. */
export function length(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min`;
  }
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}

/** A sentence with its RFC 3339 times replaced by local ones. */
export function withClocks(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g, (instant) => {
    const at = Date.parse(instant);
    return Number.isNaN(at) ? instant : clock(at);
  });
}
