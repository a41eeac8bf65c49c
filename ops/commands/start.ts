import { type Command, InvalidArgumentError } from "commander";
import { BACKFILL_AT_ONCE } from "../../runs/lane-limits.ts";
import type { Day } from "../../runs/local-time.ts";
import type { Central } from "../central.ts";
import type { Lane } from "../lanes.ts";
import { laneOf } from "../lanes.ts";
import type { Output, View } from "../output.ts";
import { comparisonText } from "../runs/render-runs.ts";
import { plain } from "../text/paint.ts";
import { endBackfill } from "../verbs/act-on-lane.ts";
import { type Backfill, backfill } from "../verbs/backfill.ts";
import { type Outcome, outcomeOf, requireGood } from "../verbs/outcome.ts";
import { type Started, startRun } from "../verbs/start.ts";
import { withExamples } from "./examples.ts";
import { type ActCommandOptions, acting, actorOf, centralOf, count, day, type Io, outputOf } from "./options.ts";
import { renderDone } from "./steps.ts";

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

interface BackfillCommandOptions extends ActCommandOptions {
  readonly from: Day;
  readonly to: Day;
  readonly concurrency: number;
  readonly wait?: boolean;
}

const DATE = "business date, YYYY-MM-DD: never taken from the clock";

/** Commands that start nights. */
export function addStartCommands(program: Command, io: Io): void {
  program.commandsGroup("Start and repeat nights:");
  addRun(program, io);
  addReplay(program, io);
  addRestate(program, io);
  addBackfill(program, io);
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
        const { date, early } = options;
        const started = await startRun(central, actorOf(central, options, output), lane, {
          verb: "run",
          date,
          ...(early === undefined ? {} : { early }),
        });
        await finish("run", { central, lane, output }, started, options);
      }),
    'run nordbank --date 2026-03-31 --reason "the schedule was missed"',
  );
}

function repeating(command: Command, io: Io, verb: "replay" | "restate"): Command {
  return acting(command)
    .requiredOption("--date <day>", DATE, day)
    .option("--run <number>", "which run (default: the last that succeeded, else the last that ended)", count)
    .option("--from <step>", "first step to run again; the others reuse the results of that run")
    .option("--wait", "wait until it has ended, and compare its results")
    .action(async (customer: string, options: RepeatCommandOptions) => {
      const output = outputOf(options, io);
      const central = centralOf(options, output);
      const lane = await laneOf(central, customer);
      const { date, run: number, from, current } = options;
      const started = await startRun(central, actorOf(central, options, output), lane, {
        verb,
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
      .description("correct a recorded run under a new number: inputs are fetched again; the earlier run is kept")
      .option("--current", "with the definition that the schedule runs now (default: the recorded one)"),
    'restate nordbank --date 2026-03-31 --reason "closing prices corrected by the vendor"',
  );
}

/** Parses how many nights of a backfill run at once. */
function atOnce(text: string): number {
  const number = count(text);
  if (number > BACKFILL_AT_ONCE) {
    throw new InvalidArgumentError(`must be at most ${BACKFILL_AT_ONCE}: the other places are the schedule's.`);
  }
  return number;
}

function addBackfill(program: Command, io: Io): void {
  withExamples(
    acting(program.command("backfill <customer>"))
      .description("start the nights of a range that are missing, the oldest first; nightwatch goes on when you leave")
      .requiredOption("--from <day>", "first business date", day)
      .requiredOption("--to <day>", "last business date", day)
      .option("--concurrency <number>", `how many nights at once, at most ${BACKFILL_AT_ONCE}`, atOnce, 1)
      .option("--wait", "wait until all have ended")
      .action(async (customer: string, options: BackfillCommandOptions) => {
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        const lane = await laneOf(central, customer);
        const done = await backfill(central, actorOf(central, options, output), lane, {
          from: options.from,
          to: options.to,
          concurrency: options.concurrency,
          wait: options.wait ?? false,
        });
        output.show("Backfill", done, renderBackfill);
      }),
    'backfill nordbank --from 2026-03-02 --to 2026-03-31 --concurrency 2 --reason "new customer"',
  );
  withExamples(
    acting(program.command("backfill-end <customer>"))
      .description("end a backfill: it starts no further night, and those it has started run on")
      .action(async (customer: string, options: ActCommandOptions) => {
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        const lane = await laneOf(central, customer);
        output.show("Act", await endBackfill(actorOf(central, options, output), lane), renderDone);
      }),
    'backfill-end nordbank --reason "the wrong year"',
  );
}

/** Where a night was started, and where to report it. */
interface StartPlace {
  readonly central: Central;
  readonly lane: Lane;
  readonly output: Output;
}

/** Shows what was started and, with --wait, how it ended. */
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

function renderStarted(started: Started, { paint }: View): string {
  const dry = started.dryRun ? " (dry run: nothing was started)" : "";
  const repeats = started.repeats === undefined ? "" : `, repeats run ${started.repeats}`;
  const from = started.from === undefined ? "" : ` from ${started.from} on`;
  const head = `${paint("bold", started.night)} of ${started.customer}: ${started.businessDate}, run ${started.runNumber}${repeats}${from}${dry}`;
  const beside =
    started.beside === undefined
      ? ""
      : `\n  beside it ${started.beside.join(", ")} ${started.beside.length === 1 ? "runs" : "run"}`;
  return `${head}${beside}\n  template ${started.template}, noted as ${started.by}: ${started.reason}\n  nightlane show ${started.customer} --night ${started.night} --watch`;
}

function renderOutcome(outcome: Outcome, { paint }: View): string {
  const compared = outcome.comparison === undefined ? "" : `\n  ${comparisonText(outcome.comparison)}`;
  return `${paint("bold", outcome.night)} ended: ${outcome.phase}${compared}`;
}

function renderBackfill(done: Backfill, { paint }: View): string {
  const planned = done.dryRun ? done.missing.map((date) => `  ${date}  would be started`) : [];
  const nights = done.nights.map((night) => `  ${night}`);
  const failed =
    done.failed.length === 0
      ? []
      : [`  failed before and left alone: ${done.failed.join(", ")} (nightlane replay decides each)`];
  const head = paint("bold", `${done.customer}: ${done.missing.length} nights were missing`);
  return [head, `  ${done.message}`, ...planned, ...nights, ...failed].join("\n");
}
