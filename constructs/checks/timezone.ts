/** Verdicts by name: asking Intl is slow, and customers have few zones between them. */
const timezones = new Map<string, boolean>();

/** Whether a name is that of an IANA time zone with its place, written as Argo looks it up. */
export function isTimezone(timezone: string): boolean {
  const known = timezones.get(timezone) ?? isKnownTimezone(timezone);
  timezones.set(timezone, known);
  return known;
}

function isKnownTimezone(timezone: string): boolean {
  if (!/^([A-Z][\w+-]*\/)+[A-Z][\w+-]*$|^UTC$/.test(timezone)) {
    return false;
  }
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone;
    // Argo looks the name up as a file, in which case matters; here it does not.
    return known === timezone || known.toLowerCase() !== timezone.toLowerCase();
  } catch {
    return false;
  }
}
