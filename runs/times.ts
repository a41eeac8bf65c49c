import { localTime } from "./local-time.ts";

/** Abbreviations of time zones differ between English locales: the first that has one is used. */
const LOCALES = ["en-GB", "en-US", "en-AU", "en-CA", "en-IN", "en-ZA", "en-NZ"];

/** Within this many milliseconds a time of day cannot be mistaken for another day's. */
const ONE_NIGHT = 18 * 3600_000;

const formats = new Map<string, readonly Intl.DateTimeFormat[]>();

/**
 * How people read times: by the clocks of the customer's zone, always with their name, as `22:30 CET`; or all in UTC.
 * Machines get RFC 3339.
 */
export class Times {
  /** @param utc Whether every time is shown in UTC. */
  constructor(private readonly utc = false) {}

  /** `22:30 CET`. @param instant Milliseconds. @param zone Of the customer. @default zone - not known: UTC */
  clock(instant: number, zone: string | undefined): string {
    const shown = this.zone(zone);
    return `${localTime(instant, shown).time.slice(0, 5)} ${zoneName(instant, shown)}`;
  }

  /** `2026-11-26 22:30 CET`. */
  day(instant: number, zone: string | undefined): string {
    return `${localTime(instant, this.zone(zone)).day} ${this.clock(instant, zone)}`;
  }

  /** `22:30 CET`, with the day where the time alone would be ambiguous. */
  near(instant: number, zone: string | undefined, now: number): string {
    const clock = this.clock(instant, zone);
    return Math.abs(now - instant) < ONE_NIGHT ? clock : `${localTime(instant, this.zone(zone)).day.slice(5)} ${clock}`;
  }

  private zone(zone: string | undefined): string {
    return this.utc || zone === undefined || !isZone(zone) ? "UTC" : zone;
  }
}

function zoneName(instant: number, zone: string): string {
  let known = formats.get(zone);
  if (known === undefined) {
    known = LOCALES.map((locale) => new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }));
    formats.set(zone, known);
  }
  const names = known.map((format) => format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value);
  const own = names.find((name) => name !== undefined && !/^(GMT|UTC)[+-]/.test(name));
  return own ?? names[0]?.replace("GMT", "UTC") ?? "UTC";
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
