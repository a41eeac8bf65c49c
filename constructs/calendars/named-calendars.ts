import file from "./named-calendars.json" with { type: "json" };

/** A named calendar: days off that a customer need not list. */
export type CalendarName = keyof typeof file.calendars;

/** Settlement days of the euro (T2): weekends, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December are off. */
export const TARGET: CalendarName = "TARGET";

/** Every day but the weekend, Saturday and Sunday unless `weekend` names others, without any holiday. */
export const WEEKENDS: CalendarName = "WEEKENDS";

/** Business days of the Federal Reserve Banks. */
export const FEDWIRE: CalendarName = "FEDWIRE";

/** Trading days of the New York Stock Exchange. */
export const NEW_YORK: CalendarName = "NEW_YORK";

/** Trading days of the Toronto Stock Exchange. */
export const TORONTO: CalendarName = "TORONTO";

/** Trading days of the London Stock Exchange, which are England's bank days. */
export const LONDON: CalendarName = "LONDON";

/** Trading days of Xetra. */
export const FRANKFURT: CalendarName = "FRANKFURT";

/** Trading days of SIX Swiss Exchange. */
export const ZURICH: CalendarName = "ZURICH";

/** Trading days of Euronext Paris. */
export const PARIS: CalendarName = "PARIS";

/** Trading days of Euronext Milan. */
export const MILAN: CalendarName = "MILAN";

/** Trading days of the Madrid Stock Exchange. */
export const MADRID: CalendarName = "MADRID";

/** Trading days of the Tokyo Stock Exchange. */
export const TOKYO: CalendarName = "TOKYO";

/** Trading days of the Hong Kong Stock Exchange. */
export const HONG_KONG: CalendarName = "HONG_KONG";

/** Trading days of the Singapore Exchange. */
export const SINGAPORE: CalendarName = "SINGAPORE";

/** Trading days of the Australian Securities Exchange. */
export const SYDNEY: CalendarName = "SYDNEY";

/** Trading days of the Saudi Exchange: Friday and Saturday are off. Holidays by the moon are estimates until announced. */
export const RIYADH: CalendarName = "RIYADH";

/** Working days of the United Arab Emirates' public sector. Holidays by the moon are estimates until announced. */
export const DUBAI: CalendarName = "DUBAI";

/** Israel's working days: Friday, Saturday and public holidays are off. */
export const TEL_AVIV: CalendarName = "TEL_AVIV";

/** The range of days that every named calendar covers. */
export const KNOWN_DAYS = { from: file.from, to: file.to } as const;

/** A named calendar as it is generated. */
export interface NamedCalendar {
  /** Which days the calendar works, for people. */
  readonly days: string;
  /** Weekdays that are off: 1 is Monday, 7 is Sunday. */
  readonly weekend: readonly number[];
  /** Weekdays off, `YYYY-MM-DD`, with the occasion. */
  readonly closed: Readonly<Record<string, string>>;
  /** Business days that end early, `YYYY-MM-DD`, with the occasion. */
  readonly halfDays: Readonly<Record<string, string>>;
}

const calendars: Readonly<Record<string, NamedCalendar>> = file.calendars;

/** The names of all named calendars. */
export const CALENDAR_NAMES: readonly string[] = Object.keys(calendars);

/** The calendar of a name; undefined where there is none, which only a file without type checks can ask for. */
export function namedCalendar(name: string): NamedCalendar | undefined {
  return Object.hasOwn(calendars, name) ? calendars[name] : undefined;
}
