import type { Command } from "commander";
import type { Day } from "../../runs/local-time.ts";
import type { Central } from "../central.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import type { Lane } from "../lanes.ts";
import { laneOf, laneOrPast } from "../lanes.ts";
import type { Output, View } from "../output.ts";
import { comparisonText, renderHistory, renderRuns } from "../runs/render-runs.ts";
import { plain } from "../text/paint.ts";
import { type Backfill, backfill } from "../verbs/backfill.ts";
import { compare, renderComparison } from "../verbs/compare.ts";
import { history } from "../verbs/history.ts";
import { type Outcome, outcomeOf, requireGood } from "../verbs/outcome.ts";
import { repeat } from "../verbs/repeat.ts";
import { run, type Started } from "../verbs/run.ts";
import { withExamples } from "./examples.ts";
import {
  type ActCommandOptions,
  acting,
  actorOf,
  type CommonOptions,
  centralOf,
  common,
  count,
  day,
  type Io,
  outputOf,
} from "./options.ts";

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
}

interface HistoryCommandOptions extends CommonOptions {
  readonly date?: Day;
  readonly from?: Day;
  readonly to?: Day;
  readonly limit: number;
}

interface CompareCommandOptions extends CommonOptions {
  readonly date: Day;
  readonly with: string;
  readonly run?: number;
  readonly step?: readonly string[];
}

const DATE = "business date, YYYY-MM-DD: never taken from the clock";
const MOST_AT_ONCE = 4;

/** The commands that start nights, and the one that tells what became of them. */
export function addRunCommands(program: Command, io: Io): void {
  program.commandsGroup("Start and repeat nights:");
  addRun(program, io);
  addReplay(program, io);
  addRestate(program, io);
  addBackfill(program, io);
  program.commandsGroup("Look back:");
  addHistory(program, io);
  addCompare(program, io);
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

function addBackfill(program: Command, io: Io): void {
  withExamples(
    acting(program.command("backfill <customer>"))
      .description("start the nights of a range that are missing, the oldest first, and wait for them")
      .requiredOption("--from <day>", "first business date", day)
      .requiredOption("--to <day>", "last business date", day)
      .option("--concurrency <number>", `how many nights at once, at most ${MOST_AT_ONCE}`, count, 1)
      .action(async (customer: string, options: BackfillCommandOptions) => {
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        const lane = await laneOf(central, customer);
        const range = { from: options.from, to: options.to, concurrency: Math.min(options.concurrency, MOST_AT_ONCE) };
        const note = (text: string): void => output.note(text);
        const done = await backfill(central, actorOf(central, options), lane, range, note);
        output.show("Backfill", done, renderBackfill);
        for (const night of done.nights) {
          if ("phase" in night) {
            requireGood("backfill", night);
          }
        }
      }),
    'backfill nordbank --from 2026-03-02 --to 2026-03-31 --concurrency 2 --reason "new customer"',
  );
}

function addHistory(program: Command, io: Io): void {
  withExamples(
    common(program.command("history <customer>"))
      .description("what became of earlier runs, from the run records")
      .option("--date <day>", "one business date, with steps, attempts and decisions", day)
      .option("--from <day>", "first business date", day)
      .option("--to <day>", "last business date", day)
      .option("--limit <number>", "at most so many runs", count, 30)
      .action(async (customer: string, options: HistoryCommandOptions) => {
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        const found = await history(central, await laneOrPast(central, customer), options);
        output.show("RunList", found, options.date === undefined ? renderHistory : renderRuns);
      }),
    "history nordbank",
    "history nordbank --date 2026-03-31 -o json",
  );
}

function addCompare(program: Command, io: Io): void {
  withExamples(
    common(program.command("compare <customer>"))
      .description("compare a night's results, by hash, with files that another night left in a folder: <step>/<file>")
      .requiredOption("--date <day>", DATE, day)
      .requiredOption("--with <folder>", "folder of the other night's results")
      .option("--run <number>", "which run (default: the last that succeeded)", count)
      .option("--step <step...>", "only the results of these steps")
      .action(async (customer: string, options: CompareCommandOptions) => {
        const { date, with: folder, run: number, step } = options;
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        const compared = await compare(central, await laneOrPast(central, customer), {
          date,
          folder,
          ...(number === undefined ? {} : { run: number }),
          ...(step === undefined ? {} : { steps: step }),
        });
        output.show("Comparison", compared, renderComparison);
        if (!compared.same) {
          throw new OpsError(ExitCode.differs, `compare: the results of ${customer} for ${date} differ from ${folder}`);
        }
      }),
    "compare lakebank --date 2026-03-31 --with /data/out/2026-03-31 --step var-es report",
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
  const begun = new Set(done.nights.filter((night) => "phase" in night).map((night) => night.businessDate));
  const ended = done.nights.flatMap((night) => ("phase" in night ? [`  ${night.businessDate}  ${night.phase}`] : []));
  const planned = done.missing
    .filter((date) => !begun.has(date) && !done.left.includes(date))
    .map((date) => `  ${date}  would be started`);
  const left = done.left.length === 0 ? [] : [`  left for later, begin again for them: ${done.left.join(", ")}`];
  const failed =
    done.failed.length === 0
      ? []
      : [`  failed before, and left alone: ${done.failed.join(", ")} (nightlane replay decides each)`];
  const head = paint("bold", `${done.customer}: ${done.missing.length} nights were missing`);
  return [head, ...ended, ...planned, ...left, ...failed].join("\n");
}
