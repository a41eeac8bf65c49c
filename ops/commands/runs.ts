import type { Command } from "commander";
import { laneOf } from "../lanes.ts";
import type { Day } from "../night/local-time.ts";
import type { Paint } from "../night/render-night.ts";
import { run, type Started } from "../verbs/run.ts";
import { withExamples } from "./examples.ts";
import { type ActCommandOptions, acting, actorOf, centralOf, day, type Io, outputOf } from "./options.ts";

interface RunOptions extends ActCommandOptions {
  readonly date: Day;
}

/** The commands that start nights. */
export function addRunCommands(program: Command, io: Io): void {
  withExamples(
    acting(program.command("run <customer>"))
      .description("start the night of a business date now")
      .requiredOption("--date <day>", "business date, YYYY-MM-DD: never taken from the clock", day)
      .action(async (customer: string, options: RunOptions) => {
        const central = centralOf(options);
        const started = await run(central, actorOf(central, options), laneOf(customer), options.date);
        outputOf(options, io).show(started, renderStarted);
      }),
    'run nordbank --date 2026-03-31 --reason "the schedule was missed"',
  );
}

export function renderStarted(started: Started, paint: Paint): string {
  const dry = started.dryRun ? " (dry run: nothing was started)" : "";
  const head = `${paint("bold", started.night)} of ${started.customer}: ${started.businessDate}, run ${started.runNumber}${dry}`;
  return `${head}\n  template ${started.template}, noted as ${started.by}: ${started.reason}\n  nightlane show ${started.customer} --night ${started.night} --watch`;
}
