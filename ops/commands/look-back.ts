import type { Command } from "commander";
import { defined } from "../../runs/defined.ts";
import type { Day } from "../../runs/local-time.ts";
import { ExitCode, OpsError } from "../exit-code.ts";
import { laneOrPast } from "../lanes.ts";
import { renderHistory, renderRuns } from "../runs/render-runs.ts";
import { actHistory, renderActs } from "../verbs/act-history.ts";
import { compare, renderComparison } from "../verbs/compare.ts";
import { history } from "../verbs/history.ts";
import { type CommonOptions, centralOf, common, count, day, examples, type Io, outputOf, placeOf } from "./options.ts";

interface HistoryCommandOptions extends CommonOptions {
  readonly date?: Day;
  readonly from?: Day;
  readonly to?: Day;
  readonly limit: number;
  readonly acts?: boolean;
}

interface CompareCommandOptions extends CommonOptions {
  readonly date: Day;
  readonly with: string;
  readonly run?: number;
  readonly step?: readonly string[];
}

/** Commands about past nights. */
export function addLookBackCommands(program: Command, io: Io): void {
  program.commandsGroup("Look back:");
  addHistory(program, io);
  addCompare(program, io);
}

function addHistory(program: Command, io: Io): void {
  common(program.command("history [customer]"))
    .description("what became of earlier runs, or of what people asked for")
    .option("--date <day>", "one business date, with steps, attempts and decisions; with --acts one day", day)
    .option("--from <day>", "first business date; with --acts the first day", day)
    .option("--to <day>", "last business date; with --acts the last day", day)
    .option("--acts", "who asked for what, why, and what became of it; of all customers, or of one")
    .option("--limit <number>", "how many at most", count, 30)
    .addHelpText(
      "after",
      examples("history nordbank", "history nordbank --date 2026-03-31 -o json", "history --acts --from 2026-03-30"),
    )
    .action(async (customer: string | undefined, options: HistoryCommandOptions, command: Command) => {
      if (options.acts === true) {
        const { from = options.date, to = options.date, limit } = options;
        const output = outputOf(options, io);
        const central = centralOf(options, output);
        output.show("ActList", await actHistory(central, { ...defined({ customer, from, to }), limit }), renderActs);
      } else if (customer === undefined) {
        command.error("error: say which customer's runs, or --acts for what people asked for");
      } else {
        const place = await placeOf(customer, options, io, laneOrPast);
        const found = await history(place, options);
        place.output.show("RunList", found, options.date === undefined ? renderHistory : renderRuns);
      }
    });
}

function addCompare(program: Command, io: Io): void {
  common(program.command("compare <customer>"))
    .description("compare a night's results, by hash, with files that another night left in a folder: <step>/<file>")
    .requiredOption("--date <day>", "business date, YYYY-MM-DD", day)
    .requiredOption("--with <folder>", "folder of the other night's results")
    .option("--run <number>", "which run (default: the last that succeeded)", count)
    .option("--step <step...>", "only the results of these steps")
    .addHelpText(
      "after",
      examples("compare lakebank --date 2026-03-31 --with /data/out/2026-03-31 --step var-es report"),
    )
    .action(async (customer: string, options: CompareCommandOptions) => {
      const { date, with: folder, run, step: steps } = options;
      const place = await placeOf(customer, options, io, laneOrPast);
      const compared = await compare(place, { date, folder, ...defined({ run, steps }) });
      place.output.show("Comparison", compared, renderComparison);
      if (!compared.same) {
        throw new OpsError(ExitCode.differs, `compare: the results of ${customer} for ${date} differ from ${folder}`);
      }
    });
}
