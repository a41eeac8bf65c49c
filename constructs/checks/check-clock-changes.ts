import { type Problem, received } from "../definition/problem.ts";
import type { NightSchedule } from "../definition/schedule.ts";
import { minutesAfter, minutesOf, timeOf } from "../definition/time-of-day.ts";
import { type ClockChange, clockChanges } from "./clock-changes.ts";
import { isArgoTimezone } from "./timezone.ts";

/** A start in an hour that the clocks skip would lose a night; in an hour that they repeat, the night would start twice. */
export function checkClockChanges({ start, timezone }: NightSchedule): readonly Problem[] {
  const minutes = minutesOf(start);
  if (minutes === undefined || !isArgoTimezone(timezone)) {
    return [];
  }
  const change = clockChanges(timezone).find((one) => concerns(one, minutes));
  if (change === undefined) {
    return [];
  }
  const { skips, day } = change;
  const [from, to] = [timeOf(change.from), timeOf(change.from + change.minutes)];
  const [happens, consequence] = skips ? ["skip", "not start at all"] : ["repeat", "start twice"];
  return [
    {
      property: "workflow.schedule",
      received: received(start),
      rule: `a time that occurs once every day: on ${day} the clocks of ${timezone} ${happens} the times from ${from} to ${to}, and the night could ${consequence}`,
      fix: `write a time before "${from}", or "${to}" or later`,
    },
  ];
}

function concerns({ from, minutes }: ClockChange, start: number): boolean {
  return start === from || minutesAfter(from, start) < minutes;
}
