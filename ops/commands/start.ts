import type { Command } from "commander";
import type { Day } from "../../runs/local-time.ts";
import type { Central } from "../central.ts";
import type { Lane } from "../lanes.ts";
import { laneOf } from "../lanes.ts";
import type { Output } from "../output.ts";
import { renderOutcome, renderStarted } from "../runs/render-starts.ts";
import { plain } from "../text/paint.ts";
import { outcomeOf, requireGood } from "../verbs/outcome.ts";
import { repeat } from "../verbs/repeat.ts";
import { run, type Started } from "../verbs/run.ts";
import { withExamples } from "./examples.ts";
import { type ActCommandOptions, acting, actorOf, centralOf, count, DATE, day, type Io, outputOf } from "./options.ts";

interface StartOptions extends ActCommandOptions {
  readonly date: Day;
  readonly wait?: boolean;
}

interface RunCommandOptions extends StartOptions {
  readonly early?: boolean;
}

interface RepeatCommandOptions extends StartOptions {
  readonly run?: number;
  readonly from?: string;
  readonly current?: boolean;
}

/** The commands that start one night. */
export function addStartCommands(program: Command, io: Io): void {
  addRun(program, io);
  addReplay(program, io);
  addRestate(program, io);
}

function addRun(program: Command, io: Io): void {
  withExamples(
    acting(program.command("run <customer>"))
      .description("start the night of a business date now")
      .requiredOption("--date <day>", DATE, day)
      .option("--early", "also a date that is not due yet; the schedule then starts no other of that date")
      .option("--wait", "wait until it has ended")
      .action(async (customer: string, options: RunCommandOptions) => {
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        const lane = await laneOf(central, customer);
        const { date: businessDate, early = false } = options;
        const started = await run(central, actorOf(central, options), lane, { businessDate, early });
        await finish("run", { central, lane, output }, started, options);
      }),
    'run nordbank --date 2026-03-31 --reason "the schedule was missed"',
  );
}

function repeating(command: Command, io: Io, verb: "replay" | "restate"): Command {
  return acting(command)
    .requiredOption("--date <day>", DATE, day)
    .option("--run <number>", "which run (default: the last that succeeded, else the last that ended)", count)
    .option("--from <step>", "first step to run anew; the others take over the results of that run")
    .option("--wait", "wait until it has ended, and compare its results")
    .action(async (customer: string, options: RepeatCommandOptions) => {
      const output = outputOf(options, io);
      const central = centralOf(options, output);
      const lane = await laneOf(central, customer);
      const { date, run: number, from, current } = options;
      const started = await repeat(verb, central, actorOf(central, options), lane, {
        date,
        ...(number === undefined ? {} : { run: number }),
        ...(from === undefined ? {} : { from }),
        ...(current === undefined ? {} : { current }),
      });
      await finish(verb, { central, lane, output }, started, options);
    });
}

function addReplay(program: Command, io: Io): void {
  withExamples(
    repeating(program.command("replay <customer>"), io, "replay").description(
      "repeat a recorded run under a new number: recorded template and parameters; its results should be the same",
    ),
    'replay nordbank --date 2026-03-31 --wait --reason "audit 4711"',
    'replay nordbank --date 2026-03-31 --from report --reason "report was given up last night"',
  );
}

function addRestate(program: Command, io: Io): void {
  withExamples(
    repeating(program.command("restate <customer>"), io, "restate")
      .description("correct a recorded run under a new number: inputs are fetched anew; the earlier run is kept")
      .option("--current", "with the definition that the schedule runs now (default: the recorded one)"),
    'restate nordbank --date 2026-03-31 --reason "closing prices corrected by the vendor"',
  );
}

/** Where a night was started, and where its answer goes. */
interface StartPlace {
  readonly central: Central;
  readonly lane: Lane;
  readonly output: Output;
}

/** Shows what was started; with --wait, what became of it. */
async function finish(
  verb: string,
  { central, lane, output }: StartPlace,
  started: Started,
  options: StartOptions,
): Promise<void> {
  if (options.wait !== true || started.dryRun) {
    output.show("Start", started, renderStarted);
    return;
  }
  output.note(renderStarted(started, { ...output.view, paint: plain }));
  const outcome = await outcomeOf(central, lane, started, (text) => output.note(text));
  output.show("Outcome", outcome, renderOutcome);
  requireGood(verb, outcome);
}
