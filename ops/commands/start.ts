import { type Command, InvalidArgumentError } from "commander";
import { defined } from "../../runs/defined.ts";
import { BACKFILL_AT_ONCE } from "../../runs/lane-limits.ts";
import type { Day } from "../../runs/local-time.ts";
import type { View } from "../output.ts";
import { comparisonText } from "../runs/render-runs.ts";
import { plain } from "../text/paint.ts";
import { type Backfill, backfill } from "../verbs/backfill.ts";
import { type Outcome, outcomeOf, requireGood } from "../verbs/outcome.ts";
import { type Started, startRun } from "../verbs/start.ts";
import type { Place } from "../verbs/verb.ts";
import { addLaneCommand } from "./lane.ts";
import { type ActCommandOptions, acting, actPlaceOf, count, day, examples, type Io } from "./options.ts";

interface StartOptions extends ActCommandOptions {
  readonly date: Day;
  readonly early?: boolean;
  readonly run?: number;
  readonly from?: string;
  readonly current?: boolean;
  readonly wait?: boolean;
}

interface BackfillCommandOptions extends ActCommandOptions {
  readonly from: Day;
  readonly to: Day;
  readonly concurrency: number;
  readonly wait?: boolean;
}

/** Commands that start nights. */
export function addStartCommands(program: Command, io: Io): void {
  program.commandsGroup("Start and repeat nights:");
  starting(program, io, "run")
    .description("start the night of a business date now")
    .option("--early", "also a date that is not due yet; the schedule then starts no other of that date")
    .option("--wait", "wait until it has ended")
    .addHelpText("after", examples('run nordbank --date 2026-03-31 --reason "the schedule was missed"'));
  repeating(program, io, "replay")
    .description(
      "repeat a recorded run under a new number: recorded template and parameters; its results should be the same",
    )
    .addHelpText(
      "after",
      examples(
        'replay nordbank --date 2026-03-31 --wait --reason "audit 4711"',
        'replay nordbank --date 2026-03-31 --from report --reason "report was given up last night"',
      ),
    );
  repeating(program, io, "restate")
    .description("correct a recorded run under a new number: inputs are fetched again; the earlier run is kept")
    .option("--current", "with the definition that the schedule runs now (default: the recorded one)")
    .addHelpText(
      "after",
      examples('restate nordbank --date 2026-03-31 --reason "closing prices corrected by the vendor"'),
    );
  addBackfill(program, io);
}

function starting(program: Command, io: Io, verb: "run" | "replay" | "restate"): Command {
  return acting(program.command(`${verb} <customer>`))
    .requiredOption("--date <day>", "business date, YYYY-MM-DD: never taken from the clock", day)
    .action(async (customer: string, options: StartOptions) => {
      const place = await actPlaceOf(customer, options, io);
      const { date, early, run, from, current } = options;
      const about = { verb, date, ...defined({ early, run, from, current }) };
      await finish(verb, place, await startRun(place, about), options);
    });
}

function repeating(program: Command, io: Io, verb: "replay" | "restate"): Command {
  return starting(program, io, verb)
    .option("--run <number>", "which run (default: the last that succeeded, else the last that ended)", count)
    .option("--from <step>", "first step to run again; the others reuse the results of that run")
    .option("--wait", "wait until it has ended, and compare its results");
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
  acting(program.command("backfill <customer>"))
    .description("start the nights of a range that are missing, the oldest first; nightwatch goes on when you leave")
    .requiredOption("--from <day>", "first business date", day)
    .requiredOption("--to <day>", "last business date", day)
    .option("--concurrency <number>", `how many nights at once, at most ${BACKFILL_AT_ONCE}`, atOnce, 1)
    .option("--wait", "wait until all have ended")
    .addHelpText(
      "after",
      examples('backfill nordbank --from 2026-03-02 --to 2026-03-31 --concurrency 2 --reason "new customer"'),
    )
    .action(async (customer: string, options: BackfillCommandOptions) => {
      const { from, to, concurrency, wait = false } = options;
      const place = await actPlaceOf(customer, options, io);
      place.output.show("Backfill", await backfill(place, { from, to, concurrency, wait }), renderBackfill);
    });
  addLaneCommand(program, io, "backfill-end")
    .description("end a backfill: it starts no further night, and those it has started run on")
    .addHelpText("after", examples('backfill-end nordbank --reason "the wrong year"'));
}

/** Shows what was started and, with --wait, how it ended. */
async function finish(verb: string, place: Place, started: Started, { wait }: StartOptions): Promise<void> {
  const { output } = place;
  if (wait !== true || started.dryRun) {
    output.show("Start", started, renderStarted);
    return;
  }
  output.note(renderStarted(started, { ...output.view, paint: plain }));
  const outcome = await outcomeOf(place, started);
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
