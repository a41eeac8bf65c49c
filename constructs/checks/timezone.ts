import { similarNames } from "../../runs/similar-names.ts";

/** Results by name: asking Intl is slow, and customers have few zones between them. */
const timezones = new Map<string, boolean>();

/** Whether a name is that of an IANA time zone with its place, written as Argo looks it up. */
export function isArgoTimezone(timezone: string): boolean {
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

/**
 * The zone that a misspelt name was most likely meant to be: one with a similar place, in the same region if it has
 * one.
 */
export function nearTimezone(written: string): string | undefined {
  const [region, ...places] = written.split("/");
  const place = places.at(-1) ?? written;
  const zones = Intl.supportedValuesOf("timeZone").filter(
    (zone) =>
      isArgoTimezone(zone) && (places.length === 0 || zone.toLowerCase().startsWith(`${region?.toLowerCase()}/`)),
  );
  const named = new Map(zones.map((zone) => [zone.split("/").at(-1) ?? zone, zone]));
  const [near] = place.length < 4 ? [] : similarNames(place, [...named.keys()]);
  return near === undefined ? undefined : named.get(near);
}
