import { type Command, InvalidArgumentError } from "commander";
import type { Day } from "../../runs/local-time.ts";
import { laneOf, laneOrPast } from "../lanes.ts";
import { switchSchedule, waive } from "../verbs/act-on-lane.ts";
import { withExamples } from "./examples.ts";
import { type ActCommandOptions, acting, actorOf, centralOf, day, type Io, outputOf } from "./options.ts";
import { renderDone } from "./steps.ts";

/** Commands about a date or a schedule, whether or not a night is running. */
export function addLaneCommands(program: Command, io: Io): void {
  program.commandsGroup("Decide about dates and schedules:");
  withExamples(
    acting(program.command("waive <customer>"))
      .description("close a date whose night failed or was missed: nobody is called for it again")
      .requiredOption("--date <day>", "business date, YYYY-MM-DD", day)
      .action(async (customer: string, options: ActCommandOptions & { readonly date: Day }) => {
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        // A date may still call although the customer's file no longer declares its nights.
        const lane = await laneOrPast(central, customer);
        output.show("Act", await waive(central, actorOf(central, options, output), lane, options.date), renderDone);
      }),
    'waive nordbank --date 2026-03-31 --reason "the customer computed it by itself"',
  );
  withExamples(
    acting(program.command("schedule-off <customer>"))
      .description("no night starts by the schedule, for a time or until it is set on again")
      .option("--until <time>", "when it is set on again by itself, RFC 3339 like 2026-04-02T06:00:00Z", instant)
      .action(async (customer: string, options: ActCommandOptions & { readonly until?: string }) => {
        await switched(customer, "schedule-off", options, io);
      }),
    'schedule-off nordbank --until 2026-04-02T06:00:00Z --reason "the customer moves its data centre"',
  );
  withExamples(
    acting(program.command("schedule-on <customer>"))
      .description("nights start by the schedule again")
      .action(async (customer: string, options: ActCommandOptions) => {
        await switched(customer, "schedule-on", options, io);
      }),
    'schedule-on nordbank --reason "moved"',
  );
}

async function switched(
  customer: string,
  verb: "schedule-off" | "schedule-on",
  options: ActCommandOptions & { readonly until?: string },
  io: Io,
): Promise<void> {
  const output = outputOf(options, io);
  const central = centralOf(options, output);
  const lane = await laneOf(central, customer);
  output.show("Act", await switchSchedule(actorOf(central, options, output), lane, verb, options.until), renderDone);
}

function instant(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time) || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) {
    throw new InvalidArgumentError("a time with its zone is written like 2026-04-02T06:00:00Z.");
  }
  return new Date(time).toISOString();
}
