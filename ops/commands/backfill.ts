import type { Command } from "commander";
import type { Day } from "../../runs/local-time.ts";
import { laneOf } from "../lanes.ts";
import { renderBackfill } from "../runs/render-starts.ts";
import { backfill } from "../verbs/backfill.ts";
import { requireGood } from "../verbs/outcome.ts";
import { withExamples } from "./examples.ts";
import { type ActCommandOptions, acting, actorOf, centralOf, count, day, type Io, outputOf } from "./options.ts";

interface BackfillCommandOptions extends ActCommandOptions {
  readonly from: Day;
  readonly to: Day;
  readonly concurrency: number;
}

const MOST_AT_ONCE = 4;

/** The command that starts the nights of a range. */
export function addBackfill(program: Command, io: Io): void {
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
