/** Whole seconds between two times, RFC 3339; to `now` (milliseconds) if the second is missing. */
export function secondsBetween(
  from: string | null | undefined,
  to: string | null | undefined,
  now: number,
): number | undefined {
  if (!from) {
    return undefined;
  }
  return Math.max(0, Math.round(((to ? Date.parse(to) : now) - Date.parse(from)) / 1000));
}

/** Seconds as `m:ss` or `h:mm:ss`. */
export function clock(seconds: number | undefined): string {
  if (seconds === undefined) {
    return "";
  }
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
