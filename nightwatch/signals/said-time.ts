import { Times } from "../../runs/times.ts";

const TIMES = new Times();

/**
 * A time as calls say it: by the clocks of the customer, which it names, as `nights` and `show` do. With its day, since
 * nobody knows when a call is read.
 * @param instant Milliseconds.
 * @param timezone Of the customer. @default timezone - not known, or the time concerns all of them: UTC
 */
export function saidTime(instant: number, timezone?: string): string {
  return TIMES.day(instant, timezone);
}
