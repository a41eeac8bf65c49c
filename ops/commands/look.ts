import type { Command } from "commander";
import type { Day } from "../../runs/local-time.ts";
import { allLanes, laneOf } from "../lanes.ts";
import { keptFiles, logs } from "../verbs/logs.ts";
import { nights, renderNights } from "../verbs/nights.ts";
import { show, watch } from "../verbs/show.ts";
import { withExamples } from "./examples.ts";
import {
  type CommonOptions,
  centralOf,
  common,
  count,
  day,
  type Io,
  type NightOption,
  nightChoice,
  oneNight,
  outputOf,
} from "./options.ts";

interface ShowOptions extends CommonOptions, NightOption {
  readonly watch?: boolean;
}

interface LogsOptions extends CommonOptions, NightOption {
  readonly date?: Day;
  readonly run?: number;
  readonly attempt?: number;
  readonly driver?: boolean;
  readonly follow?: boolean;
  readonly raw?: boolean;
  readonly kept?: boolean;
}

/** The commands that only look. */
export function addLookCommands(program: Command, io: Io): void {
  withExamples(
    common(program.command("nights").description("all customers: state, progress, who is late")).action(
      async (options: CommonOptions) => {
        outputOf(options, io).show(await nights(centralOf(options), allLanes()), renderNights);
      },
    ),
    "nights",
    "nights -o json | jq '.[] | select(.late)'",
  );
  withExamples(
    oneNight(common(program.command("show <customer>")))
      .description("a night as a tree: states, durations, remote jobs, who decided what")
      .option("-w, --watch", "go on until the night ends")
      .action(async (customer: string, options: ShowOptions) => {
        const look = options.watch === true ? watch : show;
        await look(centralOf(options), laneOf(customer), nightChoice(options), outputOf(options, io));
      }),
    "show nordbank --watch",
    "show nordbank --night night-2026-03-31-run-2",
  );
  withExamples(
    oneNight(common(program.command("logs <customer> [step]")))
      .description("the log of a step's runner, with its Spark driver's, also when the runner is long gone")
      .option("--date <day>", "business date (default: the night that runs, else the newest)", day)
      .option("--run <number>", "which run of that date (default: the newest that ran the step)", count)
      .option("--attempt <number>", "which attempt (default: the last)", count)
      .option("--driver", "only the Spark driver's log")
      .option("-f, --follow", "go on until the step ends")
      .option("--raw", "with the control characters that the driver wrote")
      .option("--kept", "in place of a log: what is kept of past nights, and how full the volume is")
      .action(async (customer: string, step: string | undefined, options: LogsOptions, command: Command) => {
        if (options.kept === true) {
          await keptFiles(centralOf(options), laneOf(customer), options.date, outputOf(options, io));
        } else if (step === undefined) {
          command.error("error: say which step's log, or --kept for a list of what there is");
        } else if (options.run !== undefined && options.date === undefined) {
          command.error("error: --run is the number of a run of one business date: say which, with --date");
        } else {
          await logs(centralOf(options), laneOf(customer), step, options, outputOf(options, io));
        }
      }),
    "logs nordbank revaluation --follow",
    "logs nordbank revaluation --attempt 1 --driver",
    "logs nordbank revaluation --date 2026-03-31 --run 1",
    "logs nordbank --kept",
  );
}
