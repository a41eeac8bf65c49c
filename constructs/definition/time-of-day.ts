const DAY_MINUTES = 24 * 60;

/** Minutes after midnight of `HH:MM`, or undefined where it is not a time. */
export function minutesOf(time: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined;
}

/** `HH:MM` of minutes after midnight, which may be on the next day. */
export function timeOf(minutes: number): string {
  const within = minutes % DAY_MINUTES;
  return [Math.floor(within / 60), within % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Minutes from one time of day to the next occurrence of another; a whole day to itself. */
export function minutesAfter(start: number, time: number): number {
  return ((time - start + DAY_MINUTES - 1) % DAY_MINUTES) + 1;
}
