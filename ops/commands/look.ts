import type { Command } from "commander";
import { allLanes, laneOf } from "../lanes.ts";
import { logs } from "../verbs/logs.ts";
import { nights, renderNights } from "../verbs/nights.ts";
import { show, watch } from "../verbs/show.ts";
import { withExamples } from "./examples.ts";
import {
  type CommonOptions,
  centralOf,
  common,
  count,
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
  readonly attempt?: number;
  readonly driver?: boolean;
  readonly follow?: boolean;
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
    oneNight(common(program.command("logs <customer> <step>")))
      .description("the log of a step's runner, with its Spark driver's")
      .option("--attempt <number>", "which attempt (default: the last)", count)
      .option("--driver", "only the Spark driver's log")
      .option("-f, --follow", "go on until the step ends")
      .action(async (customer: string, step: string, options: LogsOptions) => {
        await logs(centralOf(options), laneOf(customer), step, options, outputOf(options, io));
      }),
    "logs nordbank revaluation --follow",
    "logs nordbank revaluation --attempt 1 --driver",
  );
}
