/**
 * Standard input: JSON lines of a calendar, a time zone and scheduled times. Standard output: the facts of each time, a
 * line for a line. Run by runner/tests/test_contract.py, which holds them against its own.
 */
import { createInterface } from "node:readline";
import { calendarFacts, calendarFrom } from "./calendar-facts.ts";

for await (const line of createInterface({ input: process.stdin })) {
  const { calendar, timezone, scheduled } = JSON.parse(line);
  const read = calendarFrom(calendar);
  const facts = scheduled.map((time: string) => calendarFacts(read, timezone, time));
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}
