import { addDays, type Day } from "../../runs/local-time.ts";

/** The dates of this many days up to tomorrow. @param now Milliseconds. */
export function recentDates(days: number, now: number): readonly Day[] {
  const today = new Date(now).toISOString().slice(0, 10);
  return Array.from({ length: Math.max(0, days) + 1 }, (_, back) => addDays(today, 1 - back));
}
