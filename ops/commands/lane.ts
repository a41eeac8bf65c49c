import { type Command, InvalidArgumentError } from "commander";
import type { Day } from "../../runs/local-time.ts";
import { laneOrPast } from "../lanes.ts";
import { actOnLane, type LaneVerb, waive } from "../verbs/act-on-lane.ts";
import { renderDone } from "../verbs/verb.ts";
import { type ActCommandOptions, acting, actPlaceOf, day, examples, type Io } from "./options.ts";

/** Commands about a date or a schedule, whether or not a night is running. */
export function addLaneCommands(program: Command, io: Io): void {
  program.commandsGroup("Decide about dates and schedules:");
  acting(program.command("waive <customer>"))
    .description("close a date whose night failed or was missed: nobody is called for it again")
    .requiredOption("--date <day>", "business date, YYYY-MM-DD", day)
    .addHelpText("after", examples('waive nordbank --date 2026-03-31 --reason "the customer computed it by itself"'))
    .action(async (customer: string, options: ActCommandOptions & { readonly date: Day }) => {
      // A date may still call although the customer's file no longer declares its nights.
      const place = await actPlaceOf(customer, options, io, laneOrPast);
      place.output.show("Act", await waive(place, options.date), renderDone);
    });
  addLaneCommand(program, io, "schedule-off")
    .description("no night starts by the schedule, for a time or until it is set on again")
    .option("--until <time>", "when it is set on again by itself, RFC 3339 like 2026-04-02T06:00:00Z", instant)
    .addHelpText(
      "after",
      examples('schedule-off nordbank --until 2026-04-02T06:00:00Z --reason "the customer moves its data centre"'),
    );
  addLaneCommand(program, io, "schedule-on")
    .description("nights start by the schedule again")
    .addHelpText("after", examples('schedule-on nordbank --reason "moved"'));
}

/** A command about the schedule or the backfill of a lane. */
export function addLaneCommand(program: Command, io: Io, verb: LaneVerb): Command {
  return acting(program.command(`${verb} <customer>`)).action(
    async (customer: string, options: ActCommandOptions & { readonly until?: string }) => {
      const place = await actPlaceOf(customer, options, io);
      place.output.show("Act", await actOnLane(place, verb, options.until), renderDone);
    },
  );
}

function instant(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time) || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) {
    throw new InvalidArgumentError("a time with its zone is written like 2026-04-02T06:00:00Z.");
  }
  return new Date(time).toISOString();
}
