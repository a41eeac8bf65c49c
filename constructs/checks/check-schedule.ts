import { type Problem, received } from "../definition/problem.ts";
import type { RiskWorkflow } from "../definition/risk-workflow.ts";
import type { NightSchedule } from "../definition/schedule.ts";
import { minutesAfter, minutesOf } from "../definition/time-of-day.ts";
import { allSound, type Sound } from "../form/form.ts";
import { checkCalendar } from "./check-calendar.ts";
import { checkClockChanges } from "./check-clock-changes.ts";
import { isArgoTimezone, nearTimezone } from "./timezone.ts";

/** Start, time zone, calendar, and the times by which the night should have started, have its inputs, and have ended. */
export function checkSchedule(workflow: RiskWorkflow, sound: Sound = allSound): readonly Problem[] {
  const { schedule, finishBy, startBy, inputsBy } = workflow;
  const problems: Problem[] = [];
  const check = (names: readonly (keyof NightSchedule)[], found: () => readonly Problem[]): void => {
    problems.push(...(sound(...names.map((name) => `workflow.schedule.${name}`)) ? found() : []));
  };
  check(["start"], () => checkTime(schedule.start, "workflow.schedule.start", "22:30"));
  check(["timezone"], () => checkTimezone(schedule.timezone));
  check(["start", "timezone"], () => checkClockChanges(schedule));
  check(["calendar", "weekend", "extraHolidays", "workedDays", "halfDays", "noNight", "on"], () =>
    checkCalendar(schedule),
  );
  if (!sound("workflow.finishBy")) {
    return problems;
  }
  problems.push(...checkTime(finishBy, "workflow.finishBy", "06:00"));
  if (!sound("workflow.schedule.start")) {
    return problems;
  }
  const order = checkOrder(schedule, finishBy);
  problems.push(...order);
  // Without a valid start and end there is no span to check against.
  for (const [name, time] of Object.entries({ startBy, inputsBy } as const)) {
    const property = `workflow.${name}` as const;
    if (order.length === 0 && sound(property)) {
      problems.push(...checkBetween(property, time, workflow));
    }
  }
  return sound("workflow.inputsBy", "workflow.steps") ? [...problems, ...checkInputs(workflow)] : problems;
}

function checkTime(time: string, property: string, example: string): readonly Problem[] {
  if (minutesOf(time) !== undefined) {
    return [];
  }
  return [
    {
      property,
      received: received(time),
      rule: "a local time HH:MM from 00:00 to 23:59",
      fix: timeProposal(time) ?? `write for instance "${example}"`,
    },
  ];
}

/** The time most likely meant by one without its leading zero, with seconds, or in cron's notation. */
function timeProposal(time: string): string | undefined {
  const [, hour, minute] = /^(\d{1,2})[:.h](\d{2})(?::\d{2})?$/.exec(time) ?? [];
  const [, cronMinute, cronHour] = /^(\d{1,2}) (\d{1,2}) \S+ \S+ \S+$/.exec(time) ?? [];
  const meant = [hour ?? cronHour, minute ?? cronMinute].map((part) => part?.padStart(2, "0")).join(":");
  return minutesOf(meant) === undefined ? undefined : `write "${meant}"`;
}

function checkTimezone(timezone: string): readonly Problem[] {
  if (isArgoTimezone(timezone)) {
    return [];
  }
  const near = nearTimezone(timezone);
  return [
    {
      property: "workflow.schedule.timezone",
      received: received(timezone),
      rule: "an IANA time zone with its place, which carries summer time; abbreviations such as CET are ambiguous",
      fix:
        near === undefined
          ? 'write for instance "Europe/Berlin", or "UTC"'
          : `write ${received(near)}, if that is meant`,
    },
  ];
}

/** A night starts in the evening and ends by the next noon, or starts after midnight and ends the same day. */
function checkOrder(schedule: NightSchedule, finishBy: string): readonly Problem[] {
  const start = minutesOf(schedule.start);
  const end = minutesOf(finishBy);
  if (start === undefined || end === undefined) {
    return [];
  }
  const noon = 12 * 60;
  const allowed = start >= noon ? end > start || end < noon : end > start;
  if (allowed) {
    return [];
  }
  return [
    {
      property: "workflow.finishBy",
      received: received(finishBy),
      rule: `after the start (${schedule.start}): a night that starts in the afternoon or evening ends later that day or by the next noon, one that starts after midnight ends the same day`,
      fix:
        start >= noon ? 'write a time before noon, for instance "06:00"' : `write a time later than ${schedule.start}`,
    },
  ];
}

/** A time within the night. */
function checkBetween(
  property: string,
  time: string | undefined,
  { schedule, finishBy }: RiskWorkflow,
): readonly Problem[] {
  if (time === undefined) {
    return [];
  }
  const [start, between, end] = [schedule.start, time, finishBy].map(minutesOf);
  if (between === undefined) {
    return checkTime(time, property, "22:45");
  }
  if (start === undefined || end === undefined || minutesAfter(start, between) < minutesAfter(start, end)) {
    return [];
  }
  return [
    {
      property,
      received: received(time),
      rule: `after the start (${schedule.start}) and before finishBy (${finishBy})`,
      fix: `write a time between ${schedule.start} and ${finishBy}`,
    },
  ];
}

/** A deadline for the inputs needs steps that bring them, and the other way round. */
function checkInputs({ inputsBy, steps }: RiskWorkflow): readonly Problem[] {
  const rule = "inputsBy is the deadline of the steps that bring the inputs: one is meaningless without the other";
  const said = steps.find((step) => step.work.options.input === true);
  if (inputsBy === undefined && said !== undefined) {
    return [
      {
        property: "workflow.inputsBy",
        received: `nothing, and step ${JSON.stringify(said.name)} with input: true`,
        rule,
        fix: 'write for instance inputsBy: "23:30", or remove input',
      },
    ];
  }
  if (inputsBy !== undefined && steps.length > 0 && !steps.some((step) => step.isInput)) {
    return [
      {
        property: "workflow.inputsBy",
        received: `${received(inputsBy)}, and no step that brings inputs`,
        rule,
        fix: "set input: true on the step that brings them, or remove inputsBy",
      },
    ];
  }
  return [];
}
