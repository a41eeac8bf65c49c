import type { LastDay } from "../../runs/business-calendar.ts";
import { received } from "../definition/problem.ts";
import type { Weekday } from "../definition/schedule.ts";
import { choice, either, type Form, list } from "./form.ts";
import { nearName } from "./near-name.ts";

/** The days of the week. */
export const weekdays: Readonly<Record<Weekday, true>> = {
  monday: true,
  tuesday: true,
  wednesday: true,
  thursday: true,
  friday: true,
  saturday: true,
  sunday: true,
};

const LAST_DAYS: Readonly<Record<LastDay, true>> = {
  "last-of-month": true,
  "last-of-quarter": true,
  "last-of-year": true,
};

const RULE = `weekdays, or the last business day of a period: ${Object.keys(LAST_DAYS)
  .map((word) => JSON.stringify(word))
  .join(", ")}`;

const lastDay: Form = {
  inspect(word, at, findings) {
    if (!isLastDay(word)) {
      findings.wrong.push({ property: at, received: received(word), rule: RULE, fix: correction(String(word)) });
    }
  },
};

const weekday: Form = {
  inspect(word, at, findings) {
    if (isLastDay(word)) {
      const fix = `write ${JSON.stringify(word)} without the list`;
      findings.wrong.push({ property: at, received: received(word), rule: RULE, fix });
    } else {
      choice(weekdays).inspect(word, at, findings);
    }
  },
};

/** The business days that nights are for. */
export const nightDays: Form = either((on) => typeof on === "string", lastDay, list(weekday, RULE, '["friday"]'));

function isLastDay(word: unknown): word is LastDay {
  return typeof word === "string" && Object.hasOwn(LAST_DAYS, word);
}

/** What to write for an unknown word: a first day shares most letters with a last one, but is not supported. */
function correction(word: string): string {
  const day = nearName(word, Object.keys(weekdays));
  if (day !== undefined) {
    return `write [${JSON.stringify(day)}]`;
  }
  if (/first|start|begin|^\d/i.test(word)) {
    return "leave on out, for a night on every business day whose program checks night.businessDate: no night can be for the first day of a period";
  }
  if (/week/i.test(word)) {
    return 'write for instance ["friday"]: the last business day of a week is not supported';
  }
  const period = ["month", "quarter", "year"].find((one) => word.toLowerCase().includes(one));
  const near = period === undefined ? nearName(word, Object.keys(LAST_DAYS)) : `last-of-${period}`;
  return near === undefined
    ? 'write weekdays, for instance ["friday"], or leave on out for every business day'
    : `write ${JSON.stringify(near)}`;
}
